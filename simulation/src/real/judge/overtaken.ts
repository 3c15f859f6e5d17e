import { executionsOf, keysOf, type Reading, stoodStill, type Violation } from './read.ts';

/** Milliseconds by which a timer may be late before its process is said to stand still, and the wire's. */
const LATE = 250;

/** A function whose claim was lost to another, is told so by its signal within a lease: no renewal succeeds. */
export function overtakenAreTold(reading: Reading): readonly Violation[] {
  const { lease } = reading.terms;
  return keysOf(reading).flatMap((key) => {
    const executions = executionsOf(reading, key);
    return executions.flatMap((execution) => {
      const { id, fence, process, endedAt, how, lost } = execution;
      if (how === undefined || lost) return [];
      const other = executions.find((one) => one.fence > fence);
      if (other === undefined) return [];
      const ignored =
        endedAt - other.begunAt - stoodStill(reading, process, other.begunAt, endedAt);
      if (ignored <= lease + LATE) return [];
      const message = `${id} went on for ${Math.round(ignored)} ms after ${other.id} had begun, and its signal was silent`;
      return [{ rule: 'tells who is overtaken', key, message }];
    });
  });
}
