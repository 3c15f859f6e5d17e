import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UsageError } from '../cli/usage-error.ts';
import type { Answers } from './answers.ts';
import { contractTest, harness, otherProcess } from './templates/harness.ts';
import { manifest } from './templates/manifest.ts';
import {
  biome,
  gitignore,
  readme,
  tsconfig,
  tsconfigBuild,
  workflow,
} from './templates/project.ts';
import { store } from './templates/store.ts';

/** The files of a new adapter by their paths: a package that type-checks, and fails the contract. */
export function filesOf(answers: Answers): Readonly<Record<string, string>> {
  return {
    '.github/workflows/ci.yml': workflow(),
    '.gitignore': gitignore(),
    'README.md': readme(answers),
    'biome.json': biome(),
    'package.json': manifest(answers),
    'src/store.ts': store(answers),
    'test/contract.test.ts': contractTest(),
    'test/harness.ts': harness(answers),
    'test/other-process.ts': otherProcess(answers),
    'tsconfig.build.json': tsconfigBuild(),
    'tsconfig.json': tsconfig(),
  };
}

/** Writes a new adapter into a folder that is empty or not there yet; answers the paths that it wrote. */
export async function init(folder: string, answers: Answers): Promise<readonly string[]> {
  const there = await listed(folder);
  // What version control or npm left is no work of anybody's.
  const inTheWay = there.filter((name) => name !== '.git' && name !== 'node_modules');
  if (inTheWay.length > 0) {
    throw new UsageError(
      `${folder} is not empty: ${inTheWay.slice(0, 3).join(', ')} is there. Name another folder.`,
    );
  }
  const files = filesOf(answers);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text, { flag: 'wx' });
  }
  return Object.keys(files);
}

/** What is in the folder; nothing where there is none yet. */
async function listed(folder: string): Promise<readonly string[]> {
  try {
    await mkdir(folder, { recursive: true });
    return await readdir(folder);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${folder} cannot be used as a folder: ${reason}`);
  }
}
