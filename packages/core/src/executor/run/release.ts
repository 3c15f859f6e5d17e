import type { IdempotencyStore } from '../../contract/store.ts';

/** Milliseconds. */
const SHORTEST_LEASE = 1;

/**
 * Releases a claim, so that the next may be granted.
 *
 * One that took over, or may have, is left to lapse in a millisecond instead: it settled nothing
 * about the execution before it, so the next claim must be told of a takeover too. Released, a
 * handler that charged and died would be forgotten by the failure of the one that was to find out.
 */
export async function release(
  store: IdempotencyStore,
  key: string,
  token: string,
  takeover: boolean,
): Promise<unknown> {
  return takeover ? store.renew(key, token, SHORTEST_LEASE) : store.release(key, token);
}
