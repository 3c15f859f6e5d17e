import { type IdempotencyErrorCode, isIdempotencyError } from '../../contract/errors.ts';

/** After these the store has not claimed. */
const NOT_CLAIMED: ReadonlySet<IdempotencyErrorCode> = new Set<IdempotencyErrorCode>([
  'IDEM_INVALID_KEY',
  'IDEM_INVALID_LEASE',
  'IDEM_INVALID_TOKEN',
  'IDEM_INVALID_FINGERPRINT',
  'IDEM_INVALID_OPTIONS',
  'IDEM_STORE_CLOSED',
  'IDEM_STORE_FULL',
  'IDEM_SCHEMA_MISSING',
  'IDEM_RECORD_CORRUPT',
]);

/** The store failed a claim, and may have granted it all the same. */
export function mayHaveClaimed(error: unknown): boolean {
  return !isIdempotencyError(error) || !NOT_CLAIMED.has(error.code);
}

const UNREACHABLE: ReadonlySet<IdempotencyErrorCode> = new Set<IdempotencyErrorCode>([
  'IDEM_STORE_UNAVAILABLE',
  'IDEM_STORE_TIMEOUT',
  'IDEM_STORE_BUSY',
]);

/** Nobody knows what the store would have said. */
export function isUnreachable(error: unknown): boolean {
  return isIdempotencyError(error) && UNREACHABLE.has(error.code);
}

/** No repetition can cure these. */
const HOPELESS: ReadonlySet<IdempotencyErrorCode> = new Set<IdempotencyErrorCode>([
  'IDEM_INVALID_KEY',
  'IDEM_INVALID_VALUE',
  'IDEM_INVALID_TTL',
  'IDEM_INVALID_TOKEN',
  'IDEM_STORE_CLOSED',
  'IDEM_RECORD_CORRUPT',
]);

/** Trying again is of no use. */
export function isHopeless(error: unknown): boolean {
  return isIdempotencyError(error) && HOPELESS.has(error.code);
}
