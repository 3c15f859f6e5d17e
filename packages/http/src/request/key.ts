import { parseItem } from 'structured-headers';

/** What a request's key turned out to be. */
export type KeyReading =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'none' }
  /** Why it is no key, as the rest of a sentence. */
  | { readonly kind: 'invalid'; readonly why: string };

/**
 * The key in the value of an `Idempotency-Key` header: an Item of RFC 9651 that is a String
 * (draft-ietf-httpapi-idempotency-key-header-07, section 2.1), or the same without quotes, which many
 * clients send.
 *
 * @param lines how often the field was sent
 */
export function readKeyHeader(
  value: string,
  lines: number,
  strict: boolean,
  maxLength: number,
): KeyReading {
  if (lines > 1) return invalid(`was sent ${lines} times. Send one key`);
  const text = SPACE_AROUND.test(value) ? value.replace(/^[ \t]+|[ \t]+$/g, '') : value;
  if (text === '') return invalid('is empty');
  if (text.startsWith('"')) return withinLength(readString(text), maxLength);
  if (strict) return invalid(`must be a string in quotes, such as "8e03978e" (RFC 9651)`);
  return withinLength(readBare(text), maxLength);
}

/** A key that came from elsewhere than the header: any text that is one line. */
export function readOtherKey(value: unknown, maxLength: number): KeyReading {
  if (value === undefined || value === null) return { kind: 'none' };
  if (typeof value !== 'string') return invalid(`must be text; it was ${typeof value}`);
  if (!value.isWellFormed()) return invalid('has a lone surrogate');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(value)) return invalid('has control characters');
  if (Buffer.byteLength(value) > maxLength) return invalid(`may have ${maxLength} bytes`);
  return withinLength({ kind: 'key', key: value }, maxLength);
}

function readString(text: string): KeyReading {
  // Most keys escape nothing, and need no parser.
  if (PLAIN_STRING.test(text)) return { kind: 'key', key: text.slice(1, -1) };
  try {
    const [value] = parseItem(text);
    if (typeof value === 'string') return { kind: 'key', key: value };
    return invalid('must be a string in quotes');
  } catch {
    return invalid(
      'is not one string of RFC 9651: it begins with a quote, and must end with one, have a backslash ' +
        'before each quote and backslash in it, and no control characters',
    );
  }
}

const SPACE_AROUND = /^[ \t]|[ \t]$/;

/** A String of RFC 9651, section 3.3.3, without a backslash in it. */
const PLAIN_STRING = /^"[ !#-[\]-~]*"$/;

/** Visible ASCII that means nothing else in a structured field. */
function readBare(text: string): KeyReading {
  if (text.includes(','))
    return invalid('has a comma. Send one key; put one with a comma in quotes');
  if (/^[!#-+\--:<-~]+$/.test(text)) return { kind: 'key', key: text };
  return invalid(
    'without quotes may have visible ASCII characters only, but no quote, comma or semicolon',
  );
}

function withinLength(reading: KeyReading, maxLength: number): KeyReading {
  if (reading.kind !== 'key') return reading;
  const { length } = reading.key;
  if (length === 0) return invalid('is empty');
  if (length > maxLength) {
    return invalid(`may have ${maxLength} characters; it has ${length}`);
  }
  return reading;
}

function invalid(why: string): KeyReading {
  return { kind: 'invalid', why };
}
