import { LAPSED_CLAIM_MEMORY } from '@idem/core/adapter';
import type { Expectation } from './expectation.ts';
import { inspected, inspectionOf } from './inspection.ts';
import { type Interval, later } from './interval.ts';
import type { Answer, Operation } from './operation.ts';
import type { Claimed, Completed, KeyState, Vacant } from './state.ts';

/** One way in which the contract lets an operation go. */
export interface Transition {
  readonly expected: Expectation;
  /** The key afterwards; `answer` is undefined while nobody knows what was answered. */
  after(answer: Answer | undefined): KeyState;
}

/**
 * The contract's state machine: every way in which `operation`, taking effect somewhere in `at`,
 * may go from `state`. There is more than one only where `at` leaves open whether an end has passed.
 *
 * @param latest when it has taken effect at the latest, where something else says so
 */
export function transitions(
  state: KeyState,
  operation: Operation,
  at: Interval,
  latest: number = at.to,
): Transition[] {
  const found = { from: at.from, to: Math.min(at.to, latest) };
  return readings(state, found).map((reading) => transition(reading, operation, at));
}

/** The state as the operation can find it: a record past its end is vacant, deleted or not. */
function readings(state: KeyState, at: Interval): KeyState[] {
  const { record, highestFence } = state;
  if (record.state === 'vacant') return [state];
  const possible: KeyState[] = [];
  if (at.from < record.ends.to) possible.push(state);
  if (at.to >= record.ends.from) {
    const lapsed = record.state === 'claimed' ? { since: record.ends, certain: true } : null;
    possible.push({ record: { state: 'vacant', lapsed }, highestFence });
  }
  return possible;
}

function transition(state: KeyState, operation: Operation, at: Interval): Transition {
  const { record } = state;
  const become = (next: KeyState['record']): KeyState => ({ ...state, record: next });
  const holds =
    record.state !== 'vacant' && 'token' in operation && record.token === operation.token;

  switch (operation.name) {
    case 'find': {
      const value = record.state === 'completed' ? record.value : null;
      return { expected: { kind: 'value', value }, after: () => state };
    }
    case 'exists':
      return answered(record.state === 'completed', state);
    case 'store': {
      const stored = completed(operation.value, null, null, later(at, operation.ttl));
      return { expected: { kind: 'done' }, after: () => become(stored) };
    }
    case 'remove':
      return { expected: { kind: 'done' }, after: () => become(removed(record)) };
    case 'claim':
      if (record.state === 'vacant') return claimVacant(state, record, operation, at);
      if (record.state === 'completed') {
        const { value, fingerprint } = record;
        return { expected: { kind: 'completed', value, fingerprint }, after: () => state };
      }
      return holds ? claimAgain(state, record, operation, at) : claimHeld(state, record, at);
    case 'complete':
      if (!holds || record.state !== 'claimed') {
        return answered(holds && operation.inside !== true, state);
      }
      return answered(
        true,
        become(
          completed(operation.value, record.token, record.fingerprint, later(at, operation.ttl)),
        ),
      );
    case 'release':
      if (!holds || record.state !== 'claimed') return answered(false, state);
      return answered(true, become({ state: 'vacant', lapsed: null }));
    case 'renew':
      if (!holds || record.state !== 'claimed') return answered(false, state);
      return answered(true, become({ ...record, ends: later(at, operation.lease) }));
    case 'inspect': {
      const takeover = record.state === 'vacant' ? takeoverOf(record, at) : null;
      return {
        expected: { kind: 'inspected', inspection: inspectionOf(state, takeover, at) },
        after: (answer) => inspected(state, answer),
      };
    }
  }
}

function answered(value: boolean, next: KeyState): Transition {
  return { expected: { kind: 'boolean', value }, after: () => next };
}

function completed(
  value: string,
  token: string | null,
  fingerprint: string | null,
  ends: Interval,
): Completed {
  return { state: 'completed', value, token, fingerprint, ends };
}

/** A key whose claim has lapsed is vacant already: nothing is removed, and the takeover stays owed. */
function removed(record: KeyState['record']): Vacant {
  return { state: 'vacant', lapsed: record.state === 'vacant' ? record.lapsed : null };
}

type Claim = Extract<Operation, { name: 'claim' }>;

function claimVacant(state: KeyState, record: Vacant, claim: Claim, at: Interval): Transition {
  const lowest = state.highestFence + 1;
  const takeover = takeoverOf(record, at);
  return {
    expected: { kind: 'acquired', fence: { atLeast: lowest }, takeover },
    after: (answer) => {
      const known = answer?.kind === 'acquired';
      const fence = known ? answer.fence : lowest;
      const claimed: Claimed = {
        state: 'claimed',
        token: claim.token,
        fingerprint: claim.fingerprint,
        fence,
        fenceKnown: known,
        takeover: known ? answer.takeover : takeover,
        since: at,
        ends: later(at, claim.lease),
      };
      return { record: claimed, highestFence: fence };
    },
  };
}

function takeoverOf(record: Vacant, at: Interval): boolean | null {
  if (record.lapsed === null) return false;
  const remembered = at.to - record.lapsed.since.from < LAPSED_CLAIM_MEMORY;
  return record.lapsed.certain && remembered ? true : null;
}

function claimAgain(state: KeyState, record: Claimed, claim: Claim, at: Interval): Transition {
  const ends = later(at, claim.lease);
  return {
    expected: {
      kind: 'acquired',
      fence: record.fenceKnown ? { exactly: record.fence } : { atLeast: record.fence },
      takeover: record.takeover,
    },
    after: (answer) => {
      if (answer?.kind !== 'acquired') return { ...state, record: { ...record, ends } };
      const { fence, takeover } = answer;
      return {
        record: { ...record, fence, fenceKnown: true, takeover, ends },
        highestFence: fence,
      };
    },
  };
}

function claimHeld(state: KeyState, record: Claimed, at: Interval): Transition {
  const leaseRemaining = {
    from: Math.max(1, Math.floor(record.ends.from - at.to)),
    to: Math.max(1, Math.ceil(record.ends.to - at.from)),
  };
  const { fingerprint } = record;
  return {
    expected: { kind: 'in-progress', fingerprint, leaseRemaining },
    after: () => state,
  };
}
