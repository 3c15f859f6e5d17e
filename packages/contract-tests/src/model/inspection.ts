import type { Inspection } from '@idem/core';
import type { Interval } from './interval.ts';
import type { Answer } from './operation.ts';
import type { KeyState } from './state.ts';

/** What the contract allows `inspect` to answer. */
export type InspectionExpected =
  | {
      readonly state: 'vacant';
      /** Null where both are right. */
      readonly takeover: boolean | null;
    }
  | {
      readonly state: 'claimed';
      /** The fence must be this one, or at least this one. */
      readonly fence: { readonly exactly: number } | { readonly atLeast: number };
      readonly takeover: boolean | null;
      readonly fingerprint: string | null;
      readonly heldFor: Interval;
      readonly leaseRemaining: Interval;
    }
  | {
      readonly state: 'completed';
      readonly fingerprint: string | null;
      readonly ttlRemaining: Interval;
    };

/** What `inspect`, taking effect somewhere in `at`, is to answer; `takeover` is what the next claim of a vacant key may be told. */
export function inspectionOf(
  { record }: KeyState,
  takeover: boolean | null,
  at: Interval,
): InspectionExpected {
  if (record.state === 'vacant') return { state: 'vacant', takeover };
  const { fingerprint, ends } = record;
  const remaining = { from: least(1, ends.from - at.to), to: most(1, ends.to - at.from) };
  if (record.state === 'completed') {
    return { state: 'completed', fingerprint, ttlRemaining: remaining };
  }
  const { fence, fenceKnown, since } = record;
  return {
    state: 'claimed',
    fence: fenceKnown ? { exactly: fence } : { atLeast: fence },
    takeover: record.takeover,
    fingerprint,
    heldFor: { from: least(0, at.from - since.to), to: most(0, at.to - since.from) },
    leaseRemaining: remaining,
  };
}

/** The key afterwards: as it was, and what was not known of it is known. */
export function inspected(state: KeyState, answer: Answer | undefined): KeyState {
  const { record } = state;
  if (answer?.kind !== 'inspected') return state;
  const { inspection } = answer;
  if (record.state === 'vacant' && inspection.state === 'vacant' && !inspection.takeover) {
    return { ...state, record: { state: 'vacant', lapsed: null } };
  }
  if (record.state !== 'claimed' || inspection.state !== 'claimed') return state;
  const { fence, takeover } = inspection;
  return { record: { ...record, fence, fenceKnown: true, takeover }, highestFence: fence };
}

export function allowsInspection(expected: InspectionExpected, answer: Inspection): boolean {
  switch (expected.state) {
    case 'vacant':
      return answer.state === 'vacant' && isTakeover(expected, answer);
    case 'claimed':
      return (
        answer.state === 'claimed' &&
        isTakeover(expected, answer) &&
        isFence(expected.fence, answer.fence) &&
        answer.fingerprint === expected.fingerprint &&
        isWithin(expected.heldFor, answer.heldFor) &&
        isWithin(expected.leaseRemaining, answer.leaseRemaining)
      );
    case 'completed':
      return (
        answer.state === 'completed' &&
        answer.fingerprint === expected.fingerprint &&
        isWithin(expected.ttlRemaining, answer.ttlRemaining)
      );
  }
}

/** A safe integer that is the fence expected, or one of those. */
export function isFence(
  expected: { readonly exactly: number } | { readonly atLeast: number },
  fence: number,
): boolean {
  if (!Number.isSafeInteger(fence)) return false;
  return 'exactly' in expected ? fence === expected.exactly : fence >= expected.atLeast;
}

/** Whole milliseconds between the two. */
export function isWithin({ from, to }: Interval, milliseconds: number): boolean {
  return Number.isSafeInteger(milliseconds) && milliseconds >= from && milliseconds <= to;
}

function isTakeover(
  expected: { readonly takeover: boolean | null },
  answer: { readonly takeover: boolean },
): boolean {
  if (expected.takeover === null) return typeof answer.takeover === 'boolean';
  return answer.takeover === expected.takeover;
}

function least(bound: number, milliseconds: number): number {
  return Math.max(bound, Math.floor(milliseconds));
}

function most(bound: number, milliseconds: number): number {
  return Math.max(bound, Math.ceil(milliseconds));
}
