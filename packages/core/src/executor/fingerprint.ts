import { hash } from 'node:crypto';
import { IdempotencyError } from '../contract/errors.ts';

/**
 * The SHA-256 of what a request said, as 43 characters of base64url: what is compared never reaches
 * the store. A string counts as its UTF-8. Refuses, with `IDEM_INVALID_FINGERPRINT`, what is neither
 * well-formed text nor bytes.
 */
export function hashFingerprint(content: unknown): string {
  const text = typeof content === 'string' && content.isWellFormed();
  if (!text && !(content instanceof Uint8Array)) {
    // A body is not shown: it may hold anything.
    const was = typeof content === 'string' ? 'a string with a lone surrogate' : typeof content;
    throw new IdempotencyError(
      'IDEM_INVALID_FINGERPRINT',
      `The fingerprint must be well-formed text or a Uint8Array, such as the body of the request; it was ${was}.`,
    );
  }
  return hash('sha256', content, 'base64url');
}
