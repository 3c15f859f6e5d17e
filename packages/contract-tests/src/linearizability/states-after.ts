import { identify } from '../model/machine.ts';
import type { KeyState } from '../model/state.ts';
import type { Recorded } from './history.ts';
import { branches } from './search.ts';

const MOST_VISITED = 20_000;

/** Every state in which the key can be after the whole history, in whatever order; null when that is too much to find out. */
export function statesAfter(
  history: readonly Recorded[],
  start: readonly KeyState[],
): readonly KeyState[] | null {
  const bits = new Map(history.map((recorded, index) => [recorded, 1n << BigInt(index)]));
  const visited = new Set<string>();
  const ends = new Map<string, KeyState>();

  const visit = (left: readonly Recorded[], done: bigint, states: readonly KeyState[]): void => {
    const here = `${done.toString(36)} ${identify(states)}`;
    if (visited.has(here) || visited.size >= MOST_VISITED) return;
    visited.add(here);
    if (left.length === 0) for (const state of states) ends.set(JSON.stringify(state), state);
    for (const { recorded, next } of branches(left, states)) {
      const rest = left.filter((other) => other !== recorded);
      visit(rest, done | (bits.get(recorded) ?? 0n), next);
    }
  };

  visit(history, 0n, start);
  return visited.size >= MOST_VISITED || ends.size === 0 ? null : [...ends.values()];
}
