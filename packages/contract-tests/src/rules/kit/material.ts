/** Times and values that rules share. */

/** A ttl or lease that must not end while a rule runs, in milliseconds; short enough to leave nothing behind for long. */
export const LONG: number = 15 * 60_000;

/** The bytes of a text. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/**
 * How much longer than asked a lease may be answered to last, in milliseconds: a backend that
 * rounds the end to whole milliseconds, and counts from an instant between two, answers one more.
 */
export const ROUNDING = 1;
