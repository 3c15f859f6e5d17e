/**
 * Checks every public package as it would be published: publint for its manifest, attw for its types.
 * `--only <package>` checks one. One process for all: the compiler takes longer to load than to check.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkPackage, createPackageFromTarballData, type Problem } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { packAll } from './support/pack.ts';

const { values } = parseArgs({ options: { only: { type: 'string' } } });
const folder = await mkdtemp(join(tmpdir(), 'idem-pack-'));
let ok = true;
try {
  for (const [name, path] of await packAll(folder, values.only)) {
    const tarball = Uint8Array.from(await readFile(path));
    const wrong = [...(await manifestOf(tarball)), ...(await typesOf(tarball))];
    for (const line of wrong) console.log(`${name}: ${line}`);
    if (wrong.length === 0) console.log(`${name}: its manifest and its types are right`);
    ok &&= wrong.length === 0;
  }
} finally {
  await rm(folder, { recursive: true });
}
process.exitCode = ok ? 0 : 1;

async function manifestOf(tarball: Uint8Array<ArrayBuffer>): Promise<readonly string[]> {
  const { messages, pkg } = await publint({ pack: { tarball: tarball.buffer }, strict: true });
  return messages
    .filter(({ type }) => type !== 'suggestion')
    .map((message) => `publint: ${formatMessage(message, pkg) ?? message.code}`);
}

async function typesOf(tarball: Uint8Array): Promise<readonly string[]> {
  const result = await checkPackage(createPackageFromTarballData(tarball));
  if (!result.types) return ['attw: there are no types'];
  return result.problems
    .filter(isOurs)
    .map(
      (problem) =>
        `attw: ${JSON.stringify(problem, (key, value) => (key === 'trace' ? undefined : value))}`,
    );
}

/** The packages are ESM only: what CommonJS, or a Node.js without exports, makes of them is nobody's. */
function isOurs(problem: Problem): boolean {
  return (
    !('resolutionKind' in problem) ||
    (problem.resolutionKind !== 'node10' && problem.resolutionKind !== 'node16-cjs')
  );
}
