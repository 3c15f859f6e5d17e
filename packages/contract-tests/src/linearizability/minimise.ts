import { type KeyState, untouched } from '../model/state.ts';
import { hasReturned, isObservation, type Recorded } from './history.ts';
import { ascending } from './order.ts';
import { explain, returned } from './search.ts';
import { statesAfter } from './states-after.ts';

/** A history that no order explains, with every state in which it can begin. */
export interface Inexplicable {
  readonly start: readonly KeyState[];
  readonly history: readonly Recorded[];
  /** How many operations that were still under way are not shown: they help no order to get further. */
  readonly omitted: number;
}

/**
 * The least that still shows the fault. Only by steps that cannot make a fault of their own: ending
 * the history earlier, beginning it at a moment when nothing was under way, with every state that
 * the key could be in then, and leaving out what changed nothing.
 */
export function minimise(history: readonly Recorded[]): Inexplicable {
  const shown = withoutUnreturned(shortestPrefix(history));
  const { start, history: late } = latestStart(withoutObservations(shown.history, [untouched]));
  return { start, history: withoutObservations(late, start), omitted: shown.omitted };
}

function fails(history: readonly Recorded[], start: readonly KeyState[]): boolean {
  return explain(history, start).outcome === 'inexplicable';
}

function shortestPrefix(history: readonly Recorded[]): readonly Recorded[] {
  const ends = history.filter(hasReturned).map((recorded) => recorded.returned);
  ends.sort(ascending);
  let [low, high] = [0, ends.length - 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (fails(until(history, ends[middle] ?? 0), [untouched])) high = middle;
    else low = middle + 1;
  }
  return until(history, ends[low] ?? 0);
}

/**
 * The history as it stood at `end`. What was under way may have taken effect by then or not; if it
 * had, then with the answer that it was given later.
 */
function until(history: readonly Recorded[], end: number): Recorded[] {
  return history
    .filter(({ invoked }) => invoked <= end)
    .map((recorded) =>
      recorded.returned <= end ? recorded : { ...recorded, returned: Number.POSITIVE_INFINITY },
    );
}

/**
 * To leave out an operation that was under way says that it never took effect, which is one of the
 * ways in which the whole is known to fail; those whose effect others saw are kept.
 */
function withoutUnreturned(history: readonly Recorded[]): Omit<Inexplicable, 'start'> {
  let least = history;
  let reach = reachOf(history);
  for (const recorded of history.filter((one) => !hasReturned(one))) {
    const without = least.filter((other) => other !== recorded);
    const left = reachOf(without);
    if (left < reach) continue;
    reach = left;
    least = without;
  }
  return { history: least, omitted: history.length - least.length };
}

/** How many answers an order can explain. */
function reachOf(history: readonly Recorded[]): number {
  const explanation = explain(history);
  if (explanation.outcome !== 'inexplicable') return -1;
  return returned(explanation.furthest.order);
}

type Late = Omit<Inexplicable, 'omitted'>;

function latestStart(history: readonly Recorded[]): Late {
  let best: Late = { start: [untouched], history };
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

function withoutObservations(
  history: readonly Recorded[],
  start: readonly KeyState[],
): readonly Recorded[] {
  let least = history;
  for (const recorded of history.filter(isLoosening)) {
    const without = least.filter((other) => other !== recorded);
    if (fails(without, start)) least = without;
  }
  return least;
}

const MINUTE = 60_000;

/** What can be left out without making a fault: what changed nothing, and what made a long lease longer. */
function isLoosening(recorded: Recorded): boolean {
  const { operation } = recorded;
  return isObservation(recorded) || (operation.name === 'renew' && operation.lease >= MINUTE);
}
