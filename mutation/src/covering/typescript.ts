import type { Mutation } from '../mutant.ts';
import { instrument } from '../mutators/typescript.ts';
import type { Instrumented, InstrumentedFile } from './instrumented.ts';

/** Stryker's own: a global says which of its mutants would have been run. */
export async function instrumentTypeScript(
  files: readonly InstrumentedFile[],
): Promise<Instrumented> {
  const { sources, mutations } = await instrument(files);
  const marks = new Map(mutations.map(({ id, ...each }) => [nameOf(each), `ts ${id}`]));
  return { sources, markOf: (mutant) => marks.get(nameOf(mutant)) };
}

function nameOf({ file, start, end, replacement }: Omit<Mutation, 'mutator'>): string {
  return JSON.stringify([file, start, end, replacement]);
}
