import type { IdempotencyStore } from '../../contract/store.ts';

/** Milliseconds. */
const SHORTEST_LEASE = 1;

/**
 * Frees the key for the next claim without a result.
 *
 * A claim that took over, or may have, is left to lapse in a millisecond rather than released: it
 * settled nothing about the execution before it, so the next claim must be told of a takeover too.
 * Released, a handler that charged and died would be forgotten by the failure of the one that was
 * to find out.
 */
export function giveUp(
  store: IdempotencyStore,
  key: string,
  token: string,
  takeover: boolean,
): Promise<boolean> {
  return takeover ? store.renew(key, token, SHORTEST_LEASE) : store.release(key, token);
}
