import { identify, step } from '../model/machine.ts';
import { type KeyState, untouched } from '../model/state.ts';
import { hasReturned, isObservation, type Recorded } from './history.ts';
import { candidates } from './order.ts';

/** The order that explains most answers of a history, and the states it can end in. */
export interface Furthest {
  readonly order: readonly Recorded[];
  readonly states: readonly KeyState[];
}

export type Explanation =
  | { readonly outcome: 'explained'; readonly order: readonly Recorded[] }
  | { readonly outcome: 'inexplicable'; readonly furthest: Furthest }
  /** The search was given up: nothing is known. */
  | { readonly outcome: 'undecided' };

const MOST_VISITED = 200_000;

/**
 * Looks for an order of one key's history that keeps real time (what returned before another was
 * invoked comes before it) and that the contract's state machine allows.
 *
 * The search of Wing and Gong (Testing and Verifying Concurrent Objects, 1993) with the memory of
 * Lowe (Testing for linearizability, 2017): a set of operations done, with the states they lead to,
 * is not tried twice. The model may go several ways, so a node carries every state it can be in.
 */
export function explain(
  history: readonly Recorded[],
  start: readonly KeyState[] = [untouched],
): Explanation {
  const bits = new Map(history.map((recorded, index) => [recorded, 1n << BigInt(index)]));
  const failed = new Set<string>();
  let furthest: Furthest = { order: [], states: start };
  let most = 0;

  const search = (
    left: readonly Recorded[],
    done: bigint,
    states: readonly KeyState[],
    order: readonly Recorded[],
  ): readonly Recorded[] | null => {
    if (!left.some(hasReturned)) return order;
    const explained = returned(order);
    if (explained > most) {
      most = explained;
      furthest = { order, states };
    }
    const here = `${done.toString(36)} ${identify(states)}`;
    if (failed.has(here) || failed.size >= MOST_VISITED) return null;
    for (const { recorded, next } of branches(left, states)) {
      const rest = left.filter((other) => other !== recorded);
      const found = search(rest, done | (bits.get(recorded) ?? 0n), next, [...order, recorded]);
      if (found !== null) return found;
    }
    failed.add(here);
    return null;
  };

  const order = search(history, 0n, start, []);
  if (order !== null) return { outcome: 'explained', order };
  if (failed.size >= MOST_VISITED) return { outcome: 'undecided' };
  return { outcome: 'inexplicable', furthest };
}

/** How many of the operations had come to their end. */
export function returned(history: readonly Recorded[]): number {
  return history.filter(hasReturned).length;
}

export interface Branch {
  readonly recorded: Recorded;
  readonly next: readonly KeyState[];
}

/** What may come next, and where it leads. */
export function branches(left: readonly Recorded[], states: readonly KeyState[]): Branch[] {
  const here = identify(states);
  const all: Branch[] = [];
  for (const recorded of candidates(left)) {
    // Neither needed nor able to change anything.
    if (!hasReturned(recorded) && isObservation(recorded)) continue;
    const next = step(states, recorded.operation, recorded.answer ?? undefined, recorded.at);
    if (next.length === 0) continue;
    // What changes nothing and fits here could be moved here from any later place: one branch is enough.
    if (isObservation(recorded) && identify(next) === here) return [{ recorded, next }];
    all.push({ recorded, next });
  }
  return all;
}
