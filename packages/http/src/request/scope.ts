import { hash } from 'node:crypto';

/** Characters that a part may have as it is: with a key of 255, in UTF-8 and escaped, they fit into a record's key. */
const LONGEST = 64;

/**
 * Whose record it is: the principal, the method and the route. What is long is hashed, and what is
 * shared by all is no principal's.
 *
 * @param principal undefined for all callers together
 */
export function scopeOf(
  principal: string | undefined,
  method: string,
  route: string,
): readonly string[] {
  return ['http', principal === undefined ? '*' : short(principal), method, short(route)];
}

/** A text as it is, or its SHA-256. The first character tells them apart, and both from the principal of all. */
function short(text: string): string {
  if (text.length <= LONGEST && PLAIN.test(text)) return `=${text}`;
  return `#${hash('sha256', text, 'base64url')}`;
}

const PLAIN = /^[ -~]*$/;
