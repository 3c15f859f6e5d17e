import { readFile } from 'node:fs/promises';
import { type Mutant, mutantsOf } from './mutant.ts';
import type { Target } from './targets.ts';

const root = new URL('../../', import.meta.url);

/** The sources of a target by file, and every mutant of them in a fixed order. */
export async function gather(
  target: Target,
): Promise<{ readonly mutants: readonly Mutant[]; readonly texts: ReadonlyMap<string, string> }> {
  const texts = new Map<string, string>();
  const mutants: Mutant[] = [];
  for (const { file, by, leftOut: names = {}, lines = {} } of target.sources) {
    const source = await readFile(urlOf(file), 'utf8');
    texts.set(file, source);
    const made = await Promise.all(by.map((mutate) => mutate(file, source)));
    const leftOut = Object.keys(lines).filter((text) => 'leftOut' in (lines[text] ?? {}));
    mutants.push(
      ...mutantsOf(source, made.flat()).filter(
        ({ text, in: within }) =>
          !(within in names) && !leftOut.some((each) => text.includes(each)),
      ),
    );
  }
  return { mutants, texts };
}

export function urlOf(file: string): URL {
  return new URL(file, root);
}
