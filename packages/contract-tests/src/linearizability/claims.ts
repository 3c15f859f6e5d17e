import { LAPSED_CLAIM_MEMORY } from '@idem/core/adapter';
import { allows } from '../model/expectation.ts';
import type { Interval } from '../model/interval.ts';
import { type KeyState, untouched } from '../model/state.ts';
import { transitions } from '../model/transitions.ts';
import { isObservation, type Recorded } from './history.ts';
import type { SequentialModel } from './sequential.ts';

/** The contract's state machine, as the history of one key, begun in one of these states, is held against it. */
export function claimsModel(
  history: readonly Recorded[],
  start: readonly KeyState[] = [untouched],
): SequentialModel<KeyState, Recorded> {
  const isShort = spanOf(history, start) < LAPSED_CLAIM_MEMORY;
  return {
    step: (state, { operation, answer, at }, end) =>
      transitions(state, operation, answer === null ? before(end, at) : at, end.at.to)
        .filter(({ expected }) => answer === null || allows(expected, answer))
        .map(({ after }) => after(answer ?? undefined)),
    name: ({ record }) => JSON.stringify(named(record, isShort)),
    // Fences only have to be greater, so the lower bound allows more.
    bound: ({ highestFence }) => highestFence,
    observes: isObservation,
    isIdle,
    effect: ({ operation, answer, at }) =>
      JSON.stringify([operation, answer, 'lease' in operation || 'ttl' in operation ? at : null]),
  };
}

/** What nobody heard of took effect before another came to its end: what it began ends the sooner. */
function before(end: Recorded, at: Interval): Interval {
  return { from: at.from, to: Math.min(at.to, end.at.to) };
}

/** Without what makes no difference in this history. */
function named(record: KeyState['record'], isShort: boolean): unknown {
  switch (record.state) {
    case 'vacant':
      // When a claim lapsed matters only to whether it is still remembered.
      return isShort ? { lapsed: record.lapsed?.certain } : record;
    case 'claimed':
      // A fence that nobody was told is the highest so far or greater.
      return record.fenceKnown ? record : { ...record, fence: 0 };
    case 'completed':
      return record;
  }
}

/** From the first moment at which anything can have happened to the last that is known. */
function spanOf(history: readonly Recorded[], start: readonly KeyState[]): number {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { record } of start) {
    if (record.state === 'claimed') first = Math.min(first, record.since.from);
    if (record.state === 'vacant' && record.lapsed !== null) {
      first = Math.min(first, record.lapsed.since.from);
    }
  }
  for (const { at } of history) {
    first = Math.min(first, at.from);
    last = Math.max(last, at.from, at.to === Number.POSITIVE_INFINITY ? at.from : at.to);
  }
  return last - first;
}

/**
 * Whether an operation that nobody heard of can be taken as one that never happened: what does nothing
 * here, or nothing but to find that a record has come to its end, which whoever comes next finds as well.
 */
function isIdle({ record }: KeyState, { operation, at }: Recorded, end: Recorded): boolean {
  switch (operation.name) {
    case 'complete':
    case 'renew':
    case 'release':
      return record.state !== 'claimed' || record.token !== operation.token;
    case 'remove':
      return record.state === 'vacant';
    case 'claim':
      if (record.state === 'vacant') return false;
      if (record.state === 'claimed' && record.token === operation.token) return false;
      return Math.min(at.to, end.at.to) < record.ends.from;
    case 'store':
      return false;
    default:
      return true;
  }
}
