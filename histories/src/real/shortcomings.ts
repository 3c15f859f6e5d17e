import type { Result } from './conduct.ts';

/** Why a run does not show that every history is linearizable; empty when it does. */
export function shortcomings({
  counts,
  failures,
  violations,
}: Pick<Result, 'counts' | 'failures' | 'violations'>): string[] {
  const { operations, answered, undecided } = counts;
  return [
    ...(violations.length > 0 ? [`${violations.length} histories are not linearizable`] : []),
    ...(undecided > 0 ? [`${undecided} histories were too entangled to be judged`] : []),
    ...(failures.length > 0 ? [`${failures.length} things went wrong with the run itself`] : []),
    // What was not answered cannot be wrong: such a history is linearizable whatever the server did.
    ...(answered * 2 <= operations
      ? [`only ${answered} of ${operations} operations were answered`]
      : []),
  ];
}
