import { randomFillSync } from 'node:crypto';

const TOKEN_BYTES = 16;
/** Asking the system for random bytes costs more than all else of a claim, so it is asked for many at once. */
const pool: Buffer = Buffer.alloc(TOKEN_BYTES * 256);
let next = pool.byteLength;

/** A token for one claim: 128 random bits as 22 characters of base64url. */
export function createToken(): string {
  if (next === pool.byteLength) {
    randomFillSync(pool);
    next = 0;
  }
  const start = next;
  next += TOKEN_BYTES;
  return pool.toString('base64url', start, next);
}
