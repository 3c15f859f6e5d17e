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
  const options = { plugins: null, excludedMutations: [], ignorers: [NAMES] };
  const { mutants } = await new Instrumenter(logger).instrument(
    [{ name: file, content: source, mutate: true }],
    options,
  );
  const lines = lineStarts(source);
  return mutants.map(({ location: { start, end }, mutatorName, replacement }) => ({
    file,
    start: (lines[start.line] ?? 0) + start.column,
    end: (lines[end.line] ?? 0) + end.column,
    replacement,
    mutator: mutatorName,
  }));
}

/** Where each line begins. */
function lineStarts(source: string): number[] {
  const starts = [0];
  for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) {
    starts.push(at + 1);
  }
  return starts;
}
