import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import type { Tried } from './try-all.ts';

interface Results {
  readonly sources: string;
  readonly tried: readonly Tried[];
}

/** What the last run of a target left, where the sources are still the same; to go on from. */
export async function readResults(
  target: string,
  texts: ReadonlyMap<string, string>,
): Promise<readonly Tried[]> {
  try {
    const results: Results = JSON.parse(await readFile(pathOf(target), 'utf8'));
    return results.sources === digest(texts) ? results.tried : [];
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
  const results: Results = { sources: digest(texts), tried };
  await writeFile(pathOf(target), `${JSON.stringify(results, null, 1)}\n`);
}

function pathOf(target: string): URL {
  return new URL(`../.results/${target}.json`, import.meta.url);
}

function digest(texts: ReadonlyMap<string, string>): string {
  return createHash('sha256')
    .update(JSON.stringify([...texts]))
    .digest('hex');
}
