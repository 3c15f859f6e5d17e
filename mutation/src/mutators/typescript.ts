import type { Ignorer } from '@stryker-mutator/api/ignore';
import type { Logger } from '@stryker-mutator/api/logging';
import { Instrumenter } from '@stryker-mutator/instrumenter';
import type { Mutation } from '../mutant.ts';

const silent = (): void => {};
const no = (): boolean => false;
const logger: Logger = {
  ...{ trace: silent, debug: silent, info: silent, warn: silent, error: silent, fatal: silent },
  ...{ isTraceEnabled: no, isDebugEnabled: no, isInfoEnabled: no },
  ...{ isWarnEnabled: no, isErrorEnabled: no, isFatalEnabled: no },
};

/** A method whose name is a string has another name then, and Stryker has no place for a mistake in it. */
const NAMES: Ignorer = {
  shouldIgnore: (path) => (Reflect.get(path, 'key') === 'key' ? 'the name of a member' : undefined),
};

/** The mistakes that Stryker makes in TypeScript. */
export async function mutateTypeScript(file: string, source: string): Promise<Mutation[]> {
  const { mutations } = await instrument([{ file, text: source }]);
  return mutations.map(({ id: _, ...mutation }) => mutation);
}

interface File {
  readonly file: string;
  readonly text: string;
}

/** The mistakes that Stryker makes in these files, and the files with a word in each place that says when it is run. */
export async function instrument(files: readonly File[]): Promise<{
  readonly sources: readonly File[];
  readonly mutations: readonly (Mutation & { readonly id: string })[];
}> {
  const options = { plugins: null, excludedMutations: [], ignorers: [NAMES] };
  const made = await new Instrumenter(logger).instrument(
    files.map(({ file: name, text: content }) => ({ name, content, mutate: true })),
    options,
  );
  const lines = new Map(files.map(({ file, text }) => [file, lineStarts(text)]));
  return {
    sources: made.files.map(({ name, content }) => ({ file: name, text: content })),
    mutations: made.mutants.map(({ id, fileName, location, mutatorName, replacement }) => {
      const offset = ({ line, column }: { line: number; column: number }): number =>
        (lines.get(fileName)?.[line] ?? 0) + column;
      const { start, end } = location;
      const [from, to] = [offset(start), offset(end)];
      return { id, file: fileName, start: from, end: to, replacement, mutator: mutatorName };
    }),
  };
}

/** Where each line begins. */
function lineStarts(source: string): number[] {
  const starts = [0];
  for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) {
    starts.push(at + 1);
  }
  return starts;
}
