import { bytesOf, checksumOf } from '@idem/core/sql';

// Kysely lets tedious declare each parameter by the length of its value, and the server keeps one
// plan for each declaration it meets. Padding to a few lengths keeps the plan cache small, and a
// zero-length binary parameter, which spoils a Babelfish connection, never occurs.
const VALUE_LENGTHS = [256, 2048, 8000];
const KEY_LENGTHS = [128, 1024];
const FINGERPRINT_LENGTHS = [64, 256];

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is replaced
const CONTROL = /[\0-\x1f]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const UNREADABLE = /[\0-\x1f\x7f]| $/;

const MS_PER_DAY = 86_400_000;

/**
 * The key as people read it: control characters and spaces at its end are shown by Unicode's
 * control pictures, since NUL is refused by Babelfish and padding must be told from the key.
 */
export function readableKey(key: string): string {
  const shown = UNREADABLE.test(key) ? withPictures(key) : key;
  return shown.padEnd(lengthFor(shown.length, KEY_LENGTHS));
}

function withPictures(key: string): string {
  return key
    .replaceAll(CONTROL, (c) => String.fromCharCode(0x2400 + c.charCodeAt(0)))
    .replaceAll('\x7f', '\u2421')
    .replace(/ +$/, (spaces) => '\u2420'.repeat(spaces.length));
}

/** Blank for none; a fingerprint has no spaces. */
export function paddedFingerprint(fingerprint: string | null): string {
  const text = fingerprint ?? '';
  return text.padEnd(lengthFor(text.length, FINGERPRINT_LENGTHS));
}

/** The value, padded; its length in bytes; and the checksum that shows damage. */
export function valueParameters(value: Uint8Array): readonly [Buffer, number, number] {
  const bytes = bytesOf(value);
  const length = lengthFor(bytes.length, VALUE_LENGTHS);
  const checksum = checksumOf(bytes);
  if (length === bytes.length) return [bytes, bytes.length, checksum];
  const padded = Buffer.alloc(length);
  bytes.copy(padded);
  return [padded, bytes.length, checksum];
}

/** Whole days and the milliseconds that are left: DATEADD takes no number above 2^31. */
export function durationParameters(milliseconds: number): readonly [number, number] {
  return [Math.floor(milliseconds / MS_PER_DAY), milliseconds % MS_PER_DAY];
}

function lengthFor(length: number, classes: readonly number[]): number {
  return classes.find((most) => length <= most) ?? length;
}
