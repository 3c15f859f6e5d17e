import { type KeyState, untouched } from '../model/state.ts';
import { type Explanation, explain, MOST_TRIED } from './explain.ts';
import { hasReturned, isObservation, type Recorded } from './history.ts';

/** A history that no order explains, with every state in which it can begin. */
export interface Inexplicable {
  readonly start: readonly KeyState[];
  readonly history: readonly Recorded[];
  /** How many operations that were still under way are not shown: they help no order to get further. */
  readonly omitted: number;
}

type Failed = Extract<Explanation, { readonly outcome: 'inexplicable' }>;

/** Of a longer one single operations are not left out: each costs a search. */
const LONGEST_THINNED = 200;

/**
 * The least that still shows the fault. Only by steps that cannot make a fault of their own: ending
 * the history earlier, beginning it at a moment when nothing was under way that had to be done, with
 * every state that the key could be in then, and leaving out what changed nothing.
 */
export function minimise(
  history: readonly Recorded[],
  failed: Failed,
  most: number = MOST_TRIED,
): Inexplicable {
  const explained = within(SEARCHES * most, most);
  const { start, history: window } = latestStart(history, failed, explained);
  if (window.length > LONGEST_THINNED) return { start, history: window, omitted: 0 };
  const { history: shown, omitted } = withoutUnreturned(window, start, explained);
  return { start, history: withoutObservations(shown, start, explained), omitted };
}

/** What it may cost: so many times what the verdict may have cost. */
const SEARCHES = 4;

type Explain = (history: readonly Recorded[], start: readonly KeyState[]) => Explanation;

/** Searches until so many points were tried in all; then all are undecided, and what is shown is longer. */
function within(total: number, most: number): Explain {
  let left = total;
  return (history, start) => {
    const explanation = explain(history, start, Math.min(left, most));
    left = Math.max(0, left - explanation.tried);
    return explanation;
  };
}

type Window = Omit<Inexplicable, 'omitted'>;

/** The shortest prefix that fails, from the latest quiet moment from which it still does. */
function latestStart(
  history: readonly Recorded[],
  { found, considered }: Failed,
  explained: Explain,
): Window {
  const endOf = (level: number): number =>
    considered[found.levels[level]?.ends ?? -1]?.returned ?? Number.NEGATIVE_INFINITY;
  const prefix = until(history, endOf(found.impasse));
  const invocations = new Set(considered.map(({ invoked }) => invoked));
  // Every second quiet moment, then every fourth and so on: some dozens of searches at most.
  let [stride, seen] = [1, 0];
  for (let level = found.impasse; level > 0; level -= 1) {
    const before = found.levels[level - 1];
    const end = endOf(level - 1);
    const isQuiet = before?.required.every((call) => call === before.ends) ?? false;
    if (!isQuiet || invocations.has(end)) continue;
    seen += 1;
    if (seen < stride) continue;
    [stride, seen] = [stride * 2, 0];
    const start = found.quietStates(level);
    const rest = prefix.filter(
      (recorded) =>
        recorded.returned > end || (recorded.returned === end && !hasReturned(recorded)),
    );
    if (start.length > 0 && explained(rest, start).outcome === 'inexplicable') {
      return { start, history: rest };
    }
  }
  return { start: [untouched], history: prefix };
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
function withoutUnreturned(
  history: readonly Recorded[],
  start: readonly KeyState[],
  explained: Explain,
): Omit<Inexplicable, 'start'> {
  let least = history;
  let reach = reachOf(explained(history, start));
  for (const recorded of history.filter((one) => !hasReturned(one))) {
    const without = least.filter((other) => other !== recorded);
    const left = reachOf(explained(without, start));
    if (left < reach) continue;
    reach = left;
    least = without;
  }
  return { history: least, omitted: history.length - least.length };
}

/** How many answers an order can explain. */
function reachOf(explanation: Explanation): number {
  if (explanation.outcome !== 'inexplicable') return -1;
  return explanation.furthest.filter(hasReturned).length;
}

function withoutObservations(
  history: readonly Recorded[],
  start: readonly KeyState[],
  explained: Explain,
): readonly Recorded[] {
  let least = history;
  for (const recorded of history.filter(isLoosening)) {
    const without = least.filter((other) => other !== recorded);
    if (explained(without, start).outcome === 'inexplicable') least = without;
  }
  return least;
}

const MINUTE = 60_000;

/** What can be left out without making a fault: what changed nothing, and what made a long lease longer. */
function isLoosening(recorded: Recorded): boolean {
  const { operation } = recorded;
  return isObservation(recorded) || (operation.name === 'renew' && operation.lease >= MINUTE);
}
