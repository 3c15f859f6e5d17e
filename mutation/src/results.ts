import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { rules } from '@idem/contract-tests';
import { digest } from './digest.ts';
import type { Tried } from './try-all.ts';

interface Results {
  readonly sources: string;
  /** The digest of each rule that caught something, as it was then. */
  readonly rules: Readonly<Record<string, string>>;
  readonly tried: readonly Tried[];
}

/**
 * What the last run of a target left, where the sources are still the same; to go on from. What was
 * caught by a rule that has gone or was changed since is not known any more.
 */
export async function readResults(
  target: string,
  texts: ReadonlyMap<string, string>,
): Promise<readonly Tried[]> {
  const text = await textOf(pathOf(target));
  if (text === undefined) return [];
  const results: Results = JSON.parse(text);
  if (results.sources !== digest([...texts])) return [];
  const now = digestsOf(results.tried);
  return results.tried.filter(({ answer }) => {
    const by = answer.kind === 'killed' ? answer.by : '';
    return results.rules[by] === now[by];
  });
}

/** Writes go one after the other, and each is whole or not there: a run may be cut short at any time. */
let last: Promise<void> = Promise.resolve();

export function writeResults(
  target: string,
  texts: ReadonlyMap<string, string>,
  tried: readonly Tried[],
): Promise<void> {
  const results: Results = { sources: digest([...texts]), rules: digestsOf(tried), tried };
  last = last.then(() => replace(pathOf(target), `${JSON.stringify(results, null, 1)}\n`));
  return last;
}

async function replace(path: URL, text: string): Promise<void> {
  const next = new URL(`${path.href}.next`);
  await mkdir(new URL('.', path), { recursive: true });
  await writeFile(next, text);
  await rename(next, path);
}

async function textOf(path: URL): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function pathOf(target: string): URL {
  return new URL(`../.results/${target}.json`, import.meta.url);
}

/** Of what a rule says and of its own steps; what it shares with others is not looked at. */
function digestsOf(tried: readonly Tried[]): Readonly<Record<string, string>> {
  const used = new Set(tried.map(({ answer }) => (answer.kind === 'killed' ? answer.by : '')));
  return Object.fromEntries(
    rules
      .filter(({ id }) => used.has(id))
      .map((rule) => {
        const check = rule.grade === 'untested' ? '' : String(rule.check);
        return [rule.id, digest([rule.statement, check])];
      }),
  );
}
