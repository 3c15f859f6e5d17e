import { hasReturned, type Recorded } from './history.ts';

/**
 * The operations that may come next: those that were invoked before any of the others had returned.
 * In the order of their returns, which is mostly the order in which a right store did them.
 */
export function candidates(left: readonly Recorded[]): Recorded[] {
  const returns = left.filter(hasReturned).map(({ returned }) => returned);
  const firstReturn = Math.min(...returns);
  return left
    .filter(({ invoked }) => invoked <= firstReturn)
    .sort((one, other) => ascending(one.returned, other.returned));
}

/** Both may be infinite, and their difference no number. */
export function ascending(one: number, other: number): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
