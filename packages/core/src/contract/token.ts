import { randomFillSync } from 'node:crypto';

/** 132 bits in base64url, of which a character has six. */
const TOKEN_LENGTH = 22;
const TOKENS = 256;

// One call of the system's generator, and one encoding, for many tokens: each costs far more than its bytes.
const random: Buffer = Buffer.alloc((TOKENS * TOKEN_LENGTH * 6) / 8);
let text = '';
let used: number = TOKENS * TOKEN_LENGTH;

/** A token for one claim: 132 random bits as 22 characters of base64url. */
export function createToken(): string {
  if (used === TOKENS * TOKEN_LENGTH) {
    text = randomFillSync(random).toString('base64url');
    random.fill(0);
    used = 0;
  }
  const from = used;
  used += TOKEN_LENGTH;
  return text.slice(from, used);
}
