import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import type { Tried } from './tried.ts';

interface Results {
  /** What each file was, by its name. */
  readonly sources: Readonly<Record<string, string>>;
  readonly tried: readonly Tried[];
}

/** What the last runs of a target left of the files that are still the same; to go on from. */
export async function readResults(
  target: string,
  texts: ReadonlyMap<string, string>,
): Promise<readonly Tried[]> {
  try {
    const { sources, tried }: Results = JSON.parse(await readFile(pathOf(target), 'utf8'));
    const now = digests(texts);
    return tried.filter(({ mutant: { file } }) => sources[file] === now[file]);
  } catch {
    return [];
  }
}

export async function writeResults(
  target: string,
  texts: ReadonlyMap<string, string>,
  tried: readonly Tried[],
): Promise<void> {
  await mkdir(new URL('../.results/', import.meta.url), { recursive: true });
  const results: Results = { sources: digests(texts), tried };
  await writeFile(pathOf(target), `${JSON.stringify(results, null, 1)}\n`);
}

/** What was left of any target, of whichever sources: which rules catch the most. */
export async function readAllResults(): Promise<readonly Tried[]> {
  const folder = new URL('../.results/', import.meta.url);
  const names = await readdir(folder).catch(() => []);
  const all = names.map(async (name): Promise<readonly Tried[]> => {
    const { tried }: Results = JSON.parse(await readFile(new URL(name, folder), 'utf8'));
    return tried;
  });
  return (await Promise.all(all)).flat();
}

function pathOf(target: string): URL {
  return new URL(`../.results/${target}.json`, import.meta.url);
}

function digests(texts: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries(
    [...texts].map(([file, text]) => [file, createHash('sha256').update(text).digest('hex')]),
  );
}
