import type { Recorded } from './history.ts';

/**
 * The operations that may come next: those that were invoked before any of the others returned.
 * In the order of their returns, which is mostly the order in which a right store did them.
 */
export function candidates(left: readonly Recorded[]): Recorded[] {
  const firstReturn = Math.min(...left.map(({ returned }) => returned));
  return left
    .filter(({ invoked }) => invoked <= firstReturn)
    .sort((one, other) => ascending(one.returned, other.returned));
}

/** Both may be infinite, and their difference no number. */
export function ascending(one: number, other: number): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
