import { crc32 } from 'node:zlib';
import { type OperationName, operationNames } from '../../../src/moves.ts';
import { type BrokenStore, broken } from '../kit/broken-store.ts';
import { TracedStore } from '../kit/traced-store.ts';

/** Where a key goes that is folded; `names` are those that are taken. */
type Fold = (key: string, names: readonly string[]) => string;

const FOLDS: Readonly<Record<string, Fold>> = {
  'in lower case': (key) => key.toLowerCase(),
  normalised: (key) => key.normalize('NFC'),
  'in compatibility form': (key) => key.normalize('NFKC'),
  'without accents': (key) => key.normalize('NFD').replace(/\p{M}/gu, ''),
  trimmed: (key) => key.trim(),
  'without a mark at the front': (key) => new TextDecoder().decode(new TextEncoder().encode(key)),
  'without what is invisible': (key) => key.replace(/\u200b/g, ''),
  'with spaces collapsed': (key) => key.replace(/\s+/g, ' '),
  'from a form': (key) => key.replaceAll('+', ' '),
  'cut at 255': (key) => key.slice(0, 255),
  'cut at 900 bytes': (key) => Buffer.from(key).subarray(0, 900).toString(),
  'cut at a NUL': (key) => key.replace(/\0.*$/s, ''),
  'as a pattern of LIKE': (key, names) => matching(key, names, /[%_]/g, { '%': '.*', _: '.' }),
  'as a glob': (key, names) =>
    matching(key, names, /\[b\]|[*?]/g, { '*': '.*', '?': '.', '[b]': 'b' }),
  'as Latin-1': (key) => Buffer.from(key, 'utf8').toString('latin1'),
  'as ASCII': (key) => key.replace(/[^\0-\x7f]/g, '?'),
  'in 16 bits': (key) => key.replace(/[\u{10000}-\u{10ffff}]/gu, '\ufffd\ufffd'),
  'without its plane': (key) =>
    key.replace(/[\u{10000}-\u{10ffff}]/gu, (c) =>
      String.fromCharCode((c.codePointAt(0) ?? 0) & 0xffff),
    ),
  'by a CRC-32': (key, names) => alike(key, names, (text) => crc32(text)),
  'by a hash of 31': (key, names) => alike(key, names, multiplied(31)),
  'by a hash of 33': (key, names) => alike(key, names, multiplied(33)),
  'by a hash that turns': (key, names) => alike(key, names, turned),
  'by its letters in any order': (key, names) =>
    alike(key, names, (text) => text.split('').toSorted().join('')),
  'by a CRC-32 when it is long': (key, names) =>
    alike(key, names, (text) => (text.length > 255 ? `${text.slice(0, 240)}${crc32(text)}` : text)),
  'by its first and last 100': (key, names) =>
    alike(key, names, (text) => text.slice(0, 100) + text.slice(-100)),
  'by its last 1,000': (key, names) => alike(key, names, (text) => text.slice(-1_000)),
  'decoded from a URL': (key) => key.replaceAll('%20', ' '),
};

/** Ways to fold that need a character which nobody thought of. */
const FOREIGN: Readonly<Record<string, Fold>> = {
  'cut at a hash sign': (key) => key.replace(/(?<=.)#.*$/s, ''),
  'cut at a semicolon': (key) => key.replace(/(?<=.);.*$/s, ''),
  'without a slash at its end': (key) => key.replace(/\/$/, ''),
  'as a path': (key) =>
    /(^|\/)\.\.?(\/|$)/.test(key)
      ? decodeURIComponent(new URL(`http://x/${encodeURI(key)}`).pathname.slice(1))
      : key,
  'as a number': (key) => (/^\d+$/.test(key) ? String(Number(key)) : key),
  'without control characters': (key) =>
    Array.from(key)
      .filter((character) => character >= ' ' && character !== '\x7f')
      .join(''),
  'without soft hyphens': (key) => key.replaceAll('\u00ad', ''),
};

/** The name that is taken and looks like the key to that look. */
function alike(key: string, names: readonly string[], look: (text: string) => unknown): string {
  const own = look(key);
  return names.find((name) => look(name) === own) ?? key;
}

const multiplied =
  (by: number) =>
  (text: string): number =>
    Buffer.from(text).reduce((hash, byte) => (Math.imul(hash, by) + byte) | 0, 0);

function turned(text: string): number {
  return Buffer.from(text).reduce((hash, byte) => ((hash << 4) | (hash >>> 28)) ^ byte, 0);
}

function matching(
  key: string,
  names: readonly string[],
  special: RegExp,
  meaning: Readonly<Record<string, string>>,
): string {
  const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  let pattern = '';
  let from = 0;
  for (const match of key.matchAll(special)) {
    pattern += literal(key.slice(from, match.index)) + (meaning[match[0]] ?? '');
    from = match.index + match[0].length;
  }
  const whole = new RegExp(`^${pattern}${literal(key.slice(from))}$`, 's');
  return names.find((name) => whole.test(name)) ?? key;
}

/** Every way to fold a key, in one operation each. */
export const keyMatrix: readonly BrokenStore[] = operationNames.flatMap((operation) => [
  ...folded(operation, FOLDS, { [`keys.exact-in-${operation}`]: /differs .*: expected/ }),
  ...folded(operation, FOREIGN, {
    [`keys.every-character-in-${operation}`]:
      /: expected a key of its own|, after .* of others|itself: expected its own record/,
  }),
]);

function folded(
  operation: OperationName,
  folds: Readonly<Record<string, Fold>>,
  caughtBy: Readonly<Record<string, RegExp>>,
): BrokenStore[] {
  return Object.entries(folds).map(([how, fold]) =>
    broken(
      `key-${how.replaceAll(' ', '-').toLowerCase()}-in-${operation}`,
      `Takes a key ${how} in ${operation}, and as it is elsewhere.`,
      caughtBy,
      class extends TracedStore {
        protected override place(key: string): string {
          return this.during(operation) ? fold(key, [...this.backend.rows.keys()]) : key;
        }
      },
    ),
  );
}
