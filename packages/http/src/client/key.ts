import { refuse } from './errors.ts';

/** A String of RFC 9651, section 3.3.3, without its quotes: visible ASCII and spaces. */
const QUOTABLE = /^[\x20-\x7e]{1,255}$/;
/** What stands bare in a header and is one value there: no space, no quote, no comma. */
const BARE = /^[\x21\x23-\x2b\x2d-\x7e]{1,255}$/;
const QUOTED = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])+)"$/;

/**
 * A new idempotency key: a random UUID (RFC 9562, version 4). Make one when the intention arises, keep
 * it with the intention, and give it to every attempt as `key`.
 */
export function createIdempotencyKey(): string {
  // Not crypto.randomUUID: browsers have that in secure contexts only.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const [version = 0, variant = 0] = [bytes[6], bytes[8]];
  bytes[6] = (version & 0x0f) | 0x40;
  bytes[8] = (variant & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** The header's value for a key. Refuses, with `IDEM_INVALID_KEY`, what no header can carry. */
export function headerOf(key: unknown, quoted: boolean): string {
  if (typeof key !== 'string' || !(quoted ? QUOTABLE : BARE).test(key)) {
    const what = quoted
      ? '1 to 255 characters of visible ASCII or spaces'
      : '1 to 255 characters of visible ASCII without quotes and commas, to be sent bare';
    refuse('IDEM_INVALID_KEY', key, `${what}; hash what is longer or other`, 'key');
  }
  return quoted ? `"${key.replaceAll(/["\\]/g, '\\$&')}"` : key;
}

/** The key in a header that the caller wrote: what the quotes hold, or the whole of it. */
export function keyIn(header: string): string {
  const [, inner] = QUOTED.exec(header) ?? [];
  return inner === undefined ? header : inner.replaceAll(/\\(["\\])/g, '$1');
}
