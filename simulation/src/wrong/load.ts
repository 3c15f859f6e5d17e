import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { enumerate } from '../enumerate.ts';
import { simulateSeed } from '../simulate.ts';
import type { Core } from '../story/host.ts';
import type { Edit } from './edit.ts';
import { wrongExecutors } from './list.ts';

const SOURCES = fileURLToPath(new URL('../../../packages/core/src', import.meta.url));
const COPIES = fileURLToPath(new URL('../../.wrong', import.meta.url));
const MOST_SEEDS = 10_000;
const DEPTH = 4;

/** Ours. */
export function loadCore(): Promise<Core> {
  return import('@idem/core');
}

/** A copy of the sources with one mistake in it. */
export async function loadWrong(name: string): Promise<Core> {
  return import(await copyWrong(name));
}

/** Makes that copy; the address of its module, for other processes too. */
export async function copyWrong(name: string): Promise<string> {
  const wrong = wrongExecutors.find((one) => one.name === name);
  if (wrong === undefined) throw new Error(`There is no wrong executor “${name}”.`);
  const copy = `${COPIES}/${name.replaceAll(/[^a-z0-9]+/gi, '-')}`;
  await rm(copy, { recursive: true, force: true });
  await cp(SOURCES, copy, { recursive: true });
  for (const edit of wrong.edits) await apply(copy, edit);
  return pathToFileURL(`${copy}/index.ts`).href;
}

/** Which check caught it, and in what; undefined when nothing did. */
export async function findOut(core: Core): Promise<string | undefined> {
  for (const transactional of [false, true]) {
    const { count, failed } = await enumerate(core, transactional, DEPTH);
    const check = failed?.outcome.failure?.check;
    if (check !== undefined) return `“${check}”, interleaving ${count}`;
  }
  for (let seed = 1; seed <= MOST_SEEDS; seed++) {
    const { failure } = await simulateSeed(core, seed);
    if (failure !== undefined) return `“${failure.check}”, seed ${seed}`;
  }
  return undefined;
}

async function apply(copy: string, { file, from, to }: Edit): Promise<void> {
  const path = `${copy}/${file}`;
  const source = await readFile(path, 'utf8');
  const pieces = source.split(from);
  if (pieces.length !== 2) {
    throw new Error(`${file} holds this ${pieces.length - 1} times, not once:\n${from}`);
  }
  await writeFile(path, pieces.join(to));
}
