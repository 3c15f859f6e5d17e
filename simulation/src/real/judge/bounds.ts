import { type Reading, stoodStill, type Violation } from './read.ts';

/** Milliseconds that a machine with other work may take besides. */
const SLACK = 2_000;

/**
 * No call outstays its `wait` by more than three leases: one that executed, by more than the maximum
 * hold and five. The time for which its process stood still does not count.
 */
export function settlesInTime(reading: Reading): readonly Violation[] {
  const { lease, maxHold } = reading.terms;
  return reading.calls.flatMap(({ call, key, process, wait, executions, ...times }) => {
    const { calledAt, answeredAt } = times;
    // Without an answer its process ended first, or it hangs, which only its process can tell.
    if (answeredAt === Number.POSITIVE_INFINITY) return [];
    const most = SLACK + wait + (executions.length > 0 ? maxHold + 5 * lease : 3 * lease);
    const took = answeredAt - calledAt - stoodStill(reading, process, calledAt, answeredAt);
    if (took <= most) return [];
    const message = `${call} took ${Math.round(took)} ms, and ${most} ms at most were allowed`;
    return [{ rule: 'settles in time', key, message }];
  });
}

/** After so many milliseconds a call that is not answered hangs. */
export function longestCall({ lease, maxHold }: Reading['terms'], wait: number): number {
  return SLACK + wait + maxHold + 5 * lease;
}
