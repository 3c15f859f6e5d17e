import { refuse } from '@idem/core/adapter';

/** The size of the pool. */
export interface PoolSize {
  /** Connections at most, and one more for the renewals of leases when those are all in use. Default 10. */
  readonly max?: number | undefined;
  /** Connections kept open when idle. Default 0. */
  readonly min?: number | undefined;
}

const DEFAULT_MAX = 10;

/** Refuses, with `IDEM_INVALID_OPTIONS`, a pool of no connections. */
export function checkedSize({ max = DEFAULT_MAX, min = 0 }: PoolSize): {
  readonly max: number;
  readonly min: number;
} {
  checkCount(max, 1, 'option max');
  checkCount(min, 0, 'option min');
  return { max, min };
}

/** Refuses, with `IDEM_INVALID_OPTIONS`, what is no whole number, or below `least`. */
export function checkCount(count: number, least: number, name: string): void {
  if (Number.isSafeInteger(count) && count >= least) return;
  refuse('IDEM_INVALID_OPTIONS', count, `a whole number, ${least} or more`, name);
}
