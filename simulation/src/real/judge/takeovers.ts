import {
  type Execution,
  executionsOf,
  GRACE,
  keysOf,
  type Reading,
  type Violation,
  wasRemoved,
} from './read.ts';

/**
 * Who executes after an execution that may have half happened is told of a takeover: unless that one
 * had thrown, and released its claim, or its record can have expired.
 */
export function takeoversAreTold(reading: Reading): readonly Violation[] {
  return keysOf(reading).flatMap((key) => {
    const executions = executionsOf(reading, key);
    return executions.flatMap((next, index) => {
      if (next.takeover) return [];
      const earlier = executions.slice(0, index).filter(({ fence }) => fence < next.fence);
      const owedTo = whoIsOwed(reading, earlier, next);
      if (owedTo === undefined) return [];
      const message = `${next.id} was not told of ${owedTo.id}, which ${fate(reading, owedTo, next)}`;
      return [{ rule: 'takeovers are told', key, message }];
    });
  });
}

/** The execution of which the next must be told; undefined when there is none. */
function whoIsOwed(
  reading: Reading,
  earlier: readonly Execution[],
  next: Execution,
): Execution | undefined {
  let owed: Execution | undefined;
  for (const execution of lastOfEachFence(earlier)) {
    // Its claim was granted less than a lease before it began.
    const claimedAt = execution.begunAt - reading.terms.lease;
    if (wasRemoved(reading, execution.key, claimedAt, next.begunAt)) {
      owed = undefined;
      continue;
    }
    switch (fate(reading, execution, next)) {
      case 'has a record':
        return execution;
      case 'had a record':
        owed = undefined;
        break;
      case 'was released':
        // A release settles its own claim, not the one that it displaced.
        if (execution.takeover) owed ??= execution;
        break;
      case 'lapsed':
        owed = execution;
    }
  }
  return owed;
}

type Fate = 'has a record' | 'had a record' | 'was released' | 'lapsed';

/** What can have become of an execution when the next began; where two are possible, the one that owes less. */
function fate(reading: Reading, execution: Execution, next: Execution): Fate {
  const { how, lost, endedAt, inTransaction } = execution;
  if (how === undefined || lost || endedAt > next.begunAt) return 'lapsed';
  if (how === 'throws') return 'was released';
  if (inTransaction && how === 'returns what no codec encodes') return 'was released';
  const answer = reading.calls.find(({ call }) => call === execution.call)?.answer;
  if (answer?.kind === 'refused' && answer.code === 'IDEM_LEASE_LOST') return 'lapsed';
  const committed = reading.effects.includes(execution.id);
  // Its transaction was rolled back, and its claim released.
  if (inTransaction && how === 'returns' && !committed) return 'was released';
  return next.begunAt >= endedAt + reading.terms.ttl - GRACE ? 'had a record' : 'has a record';
}

function lastOfEachFence(executions: readonly Execution[]): Iterable<Execution> {
  return new Map(executions.map((execution) => [execution.fence, execution])).values();
}
