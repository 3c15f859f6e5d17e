import { randomBytes } from 'node:crypto';

/** A token for one claim: 128 random bits as 22 characters of base64url. */
export function createToken(): string {
  return randomBytes(16).toString('base64url');
}
