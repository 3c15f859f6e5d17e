import { randomFillSync } from 'node:crypto';

const TOKEN_BYTES = 16;

// One call of the system's generator for 256 tokens: it costs far more than the bytes it gives.
const pool: Buffer = Buffer.alloc(256 * TOKEN_BYTES);
let used: number = pool.byteLength;

/** A token for one claim: 128 random bits as 22 characters of base64url. */
export function createToken(): string {
  if (used === pool.byteLength) {
    randomFillSync(pool);
    used = 0;
  }
  const token = pool.toString('base64url', used, used + TOKEN_BYTES);
  pool.fill(0, used, used + TOKEN_BYTES);
  used += TOKEN_BYTES;
  return token;
}
