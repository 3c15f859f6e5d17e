import { type KeyState, untouched } from '../model/state.ts';
import { isObservation, type Recorded } from './history.ts';
import { ascending } from './order.ts';
import { explain } from './search.ts';
import { statesAfter } from './states-after.ts';

/** A history that no order explains, with every state in which it can begin. */
export interface Inexplicable {
  readonly start: readonly KeyState[];
  readonly history: readonly Recorded[];
}

/**
 * The least that still shows the fault. Only by steps that cannot make a fault of their own: ending
 * the history earlier, beginning it at a moment when nothing was under way, with every state that
 * the key could be in then, and leaving out what changed nothing.
 */
export function minimise(history: readonly Recorded[]): Inexplicable {
  const late = latestStart(shortestPrefix(history));
  return { start: late.start, history: withoutObservations(late) };
}

function fails(history: readonly Recorded[], start: readonly KeyState[]): boolean {
  return explain(history, start).outcome === 'inexplicable';
}

function shortestPrefix(history: readonly Recorded[]): readonly Recorded[] {
  const ends = history.map(({ returned }) => returned).filter(Number.isFinite);
  ends.sort(ascending);
  let [low, high] = [0, ends.length - 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (fails(until(history, ends[middle] ?? 0), [untouched])) high = middle;
    else low = middle + 1;
  }
  return until(history, ends[low] ?? 0);
}

/** The history as it stood at `end`: what had not returned has no answer yet. */
function until(history: readonly Recorded[], end: number): Recorded[] {
  return history
    .filter(({ invoked }) => invoked <= end)
    .map((recorded) => (recorded.returned <= end ? recorded : unanswered(recorded)));
}

function unanswered(recorded: Recorded): Recorded {
  const at = { from: recorded.at.from, to: Number.POSITIVE_INFINITY };
  return { ...recorded, answer: null, returned: Number.POSITIVE_INFINITY, at };
}

function latestStart(history: readonly Recorded[]): Inexplicable {
  let best: Inexplicable = { start: [untouched], history };
  let start: readonly KeyState[] | null = [untouched];
  let rest = [...history].sort((one, other) => ascending(one.invoked, other.invoked));
  for (;;) {
    const quiet = quietAfter(rest);
    start = statesAfter(rest.slice(0, quiet), start);
    rest = rest.slice(quiet);
    if (rest.length === 0 || start === null || !fails(rest, start)) return best;
    best = { start, history: rest };
  }
}

/** How many operations come before the first moment when nothing is under way. */
function quietAfter(sorted: readonly Recorded[]): number {
  let end = Number.NEGATIVE_INFINITY;
  for (const [index, recorded] of sorted.entries()) {
    if (index > 0 && recorded.invoked > end) return index;
    end = Math.max(end, recorded.returned);
  }
  return sorted.length;
}

function withoutObservations({ history, start }: Inexplicable): readonly Recorded[] {
  let least = history;
  for (const recorded of history.filter(isObservation)) {
    const without = least.filter((other) => other !== recorded);
    if (fails(without, start)) least = without;
  }
  return least;
}
