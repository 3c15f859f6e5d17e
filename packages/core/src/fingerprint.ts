import { createHash } from 'node:crypto';
import { refuse } from './checks.ts';

/**
 * The SHA-256 of what a request said, as 43 characters of base64url: what is compared never reaches
 * the store. A string counts as its UTF-8. Refuses, with `IDEM_INVALID_FINGERPRINT`, what is neither
 * well-formed text nor bytes.
 */
export function hashFingerprint(content: unknown): string {
  const text = typeof content === 'string' && content.isWellFormed();
  if (!text && !(content instanceof Uint8Array)) {
    const what = 'a well-formed string or a Uint8Array, such as the body of the request';
    refuse('IDEM_INVALID_FINGERPRINT', content, what, 'fingerprint');
  }
  return createHash('sha256').update(content).digest('base64url');
}
