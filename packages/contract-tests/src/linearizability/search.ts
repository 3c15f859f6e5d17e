import { Agenda } from './agenda.ts';
import { Branches, type Node, orderOf } from './branches.ts';
import { type Level, levelsOf } from './levels.ts';
import type { Call, SequentialModel } from './sequential.ts';
import { Visited } from './visited.ts';

/** What came of a search; calls are named by their place in the history. */
export type Found<State> =
  | { readonly outcome: 'explained'; readonly order: readonly number[]; readonly tried: number }
  | {
      readonly outcome: 'inexplicable';
      /** The order that explains most calls. */
      readonly furthest: readonly number[];
      /** The level that no order passes: the shortest prefix that fails ends there. */
      readonly impasse: number;
      readonly levels: readonly Level[];
      /** Every state that was met with so many levels over and nothing done of what was under way. */
      quietStates(level: number): readonly State[];
      readonly tried: number;
    }
  /** The search was given up: nothing is known. */
  | { readonly outcome: 'undecided'; readonly tried: number };

/** So many times more points may wait than may be tried: hundreds follow one where hundreds may have happened. */
const WAITING = 20;
/** What waits takes half a kilobyte each. */
const MOST_WAITING = 4_000_000;

/**
 * Looks for an order of the calls that keeps real time (what returned before another was invoked
 * comes before it) and that the model allows.
 *
 * The search of Wing and Gong (Testing and Verifying Concurrent Objects, 1993) with the memory of
 * Lowe (Testing for linearizability, 2017), just in time: calls are put in order only when one of
 * them ends, those that come before it and then itself. So a point of the search is how many calls
 * have ended, a state, and what was done of the few that are under way; a history twice as long is
 * twice the work. Three more kinds of order need not be tried:
 *
 * - What may leave the state as it is and fits here could be moved here from any later place.
 * - A call that need not have taken effect, and whose effect leads where the search was without it.
 * - Of such calls with one effect, any but the one that ends first.
 *
 * The orders that explain most come first, and those that assume fewer effects that nobody saw before
 * those that assume more.
 *
 * @param most how many points are tried before it gives up; it does so sooner where too many wait
 */
export function search<State, Operation>(
  model: SequentialModel<State, Operation>,
  start: readonly State[],
  calls: readonly Call<Operation>[],
  most: number,
): Found<State> {
  const levels = levelsOf(calls);
  const branches = new Branches(model, calls, levels);
  const visited = new Visited<State>();
  let furthest: Node<State> | undefined;
  let impasse = 0;

  if (levels.length === 0) return { outcome: 'explained', order: [], tried: 0 };
  const agenda = new Agenda<State>(levels.length);
  for (const state of start) agenda.add(branches.beginning(state));
  for (let node = agenda.next(); node !== undefined; node = agenda.next()) {
    if (node.level === levels.length) {
      return { outcome: 'explained', order: orderOf(node), tried: visited.size };
    }
    if (!visited.add(node)) continue;
    if (visited.size > most || agenda.size > Math.min(WAITING * most, MOST_WAITING)) {
      return { outcome: 'undecided', tried: visited.size };
    }
    if (node.level > impasse) impasse = node.level;
    if (node.explained > (furthest?.explained ?? 0)) furthest = node;
    agenda.follow(node, branches.of(node));
  }
  return {
    outcome: 'inexplicable',
    furthest: furthest === undefined ? [] : orderOf(furthest),
    impasse,
    levels,
    quietStates: (level) => visited.quietStates(level),
    tried: visited.size,
  };
}
