import { executionsOf, keysOf, type Reading, type Violation } from './read.ts';

/** A claim executes once; in a transaction, one turn at a time. */
export function oncePerFence(reading: Reading): readonly Violation[] {
  return pairs(reading, (earlier, later) => {
    if (earlier.fence !== later.fence) return undefined;
    if (earlier.token === later.token && later.inTransaction && earlier.endedAt <= later.begunAt) {
      return undefined;
    }
    return {
      rule: 'once per fence',
      message: `${later.id} is a second execution under fence ${later.fence}, after ${earlier.id}`,
    };
  });
}

/** Who begins later, has the greater fence. */
export function fencesRise(reading: Reading): readonly Violation[] {
  return pairs(reading, (earlier, later) => {
    if (later.fence >= earlier.fence) return undefined;
    return {
      rule: 'fences rise',
      message: `${later.id} began under fence ${later.fence}, after ${earlier.id} under fence ${earlier.fence}`,
    };
  });
}

type Executions = ReturnType<typeof executionsOf>;

function pairs(
  reading: Reading,
  judge: (
    earlier: Executions[number],
    later: Executions[number],
  ) => Omit<Violation, 'key'> | undefined,
): readonly Violation[] {
  return keysOf(reading).flatMap((key) => {
    const executions = executionsOf(reading, key);
    return executions.flatMap((later, index) =>
      executions.slice(0, index).flatMap((earlier) => {
        const violation = judge(earlier, later);
        return violation === undefined ? [] : [{ ...violation, key }];
      }),
    );
  });
}
