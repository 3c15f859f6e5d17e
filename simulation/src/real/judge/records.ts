import {
  type Call,
  type Execution,
  executionsOf,
  GRACE,
  type Reading,
  type Violation,
  wasRemoved,
} from './read.ts';

/**
 * What was acknowledged, or committed, is the record of the key for as long as its ttl lasts: nobody
 * executes, and everybody is given the same.
 */
export function nothingIsLost(reading: Reading): readonly Violation[] {
  const { ttl } = reading.terms;
  return recorded(reading).flatMap(({ execution, told }) => {
    const { key, id, fence, endedAt } = execution;
    const later = executionsOf(reading, key).filter(
      (other) =>
        other.fence > fence &&
        other.begunAt < endedAt + ttl - GRACE &&
        // Once another is granted the key, nothing of this one is recorded, whoever removes what.
        (other.begunAt < endedAt || !wasRemoved(reading, key, endedAt, other.begunAt)),
    );
    return later.map((other) => ({
      rule: 'nothing acknowledged is lost',
      key,
      message: `${other.id} executed though ${id} had its result ${told}`,
    }));
  });
}

/** A replay is of a record that can have been there during the call. */
export function replaysAreCurrent(reading: Reading): readonly Violation[] {
  const { ttl, lease } = reading.terms;
  return recorded(reading).flatMap(({ execution, acknowledged }) => {
    const [first] = acknowledged;
    if (first === undefined) return [];
    const { answeredAt } = first;
    const longest = Math.max(0, ...reading.stoodStill.map(({ since, at }) => at - since));
    // The question may have been under way when the call came.
    const until = answeredAt + ttl + lease + longest + GRACE;
    return acknowledged
      .filter(({ calledAt }) => calledAt > until)
      .map(({ call, key }) => {
        const message = `${call} was given the result of ${execution.id}, which had expired`;
        return { rule: 'replays are current', key, message };
      });
  });
}

/** Who was told that nothing was recorded, was told the truth. */
export function unrecordedStaysUnrecorded(reading: Reading): readonly Violation[] {
  const told = reading.calls.filter(saysUnrecorded);
  return recorded(reading).flatMap(({ execution, told: how }) => {
    const { key, endedAt } = execution;
    const call = told.find((one) => one.executions.includes(execution));
    // After its ttl nobody can know any more.
    if (call === undefined || call.answeredAt > endedAt + reading.terms.ttl - GRACE) return [];
    if (wasRemoved(reading, key, endedAt, call.answeredAt)) return [];
    const message = `${call.call} was told that nothing was recorded, but ${execution.id} had its result ${how}`;
    return [{ rule: 'agrees with the record', key: call.key, message }];
  });
}

function saysUnrecorded({ answer }: Call): boolean {
  if (answer?.kind === 'refused') {
    return answer.code === 'IDEM_LEASE_LOST' || answer.code.startsWith('IDEM_STORE_');
  }
  return answer?.kind === 'failed' || (answer?.kind === 'thrown' && !answer.recorded);
}

interface Recorded {
  readonly execution: Execution;
  readonly told: string;
  /** The calls that were given it, the first answered first. */
  readonly acknowledged: readonly Call[];
}

/** Executions of which it is known that their results were recorded. */
function recorded(reading: Reading): readonly Recorded[] {
  const calls = reading.calls.toSorted((a, b) => a.answeredAt - b.answeredAt);
  return [...reading.executions.values()].flatMap((execution): Recorded[] => {
    const acknowledged = calls.filter((call) => acknowledges(call, execution));
    const [first] = acknowledged;
    if (first !== undefined) {
      return [{ execution, told: `acknowledged to ${first.call}`, acknowledged }];
    }
    if (!reading.effects.includes(execution.id)) return [];
    return [{ execution, told: 'committed', acknowledged }];
  });
}

function acknowledges({ answer, executions }: Call, execution: Execution): boolean {
  switch (answer?.kind) {
    case 'value':
      return answer.by === execution.id;
    case 'thrown':
      // Its own call is thrown the error whether or not it could be recorded.
      return answer.recorded && answer.by === execution.id && !executions.includes(execution);
    default:
      return false;
  }
}
