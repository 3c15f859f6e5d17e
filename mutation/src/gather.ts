import { readFile } from 'node:fs/promises';
import { type Mutant, mutantsOf } from './mutant.ts';
import { isLeftOut, type Target } from './targets.ts';

const root = new URL('../../', import.meta.url);

/** The sources of a target by file, and every mutant of them in a fixed order. */
export async function gather(
  target: Target,
): Promise<{ readonly mutants: readonly Mutant[]; readonly texts: ReadonlyMap<string, string> }> {
  const texts = new Map<string, string>();
  const mutants: Mutant[] = [];
  for (const each of target.sources) {
    const { file, by } = each;
    const source = await readFile(urlOf(file), 'utf8');
    texts.set(file, source);
    const made = await Promise.all(by.map((mutate) => mutate(file, source)));
    mutants.push(...mutantsOf(source, made.flat()).filter((mutant) => !isLeftOut(each, mutant)));
  }
  return { mutants, texts };
}

export function urlOf(file: string): URL {
  return new URL(file, root);
}
