import { operationNames } from '../../../src/moves.ts';
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
  'decoded from a URL': (key) => key.replaceAll('%20', ' '),
};

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
export const keyMatrix: readonly BrokenStore[] = operationNames.flatMap((operation) =>
  Object.entries(FOLDS).map(([how, fold]) =>
    broken(
      `key-${how.replaceAll(' ', '-').toLowerCase()}-in-${operation}`,
      `Takes a key ${how} in ${operation}, and as it is elsewhere.`,
      { [`keys.exact-in-${operation}`]: /differs .*: expected/ },
      class extends TracedStore {
        protected override place(key: string): string {
          return this.during(operation) ? fold(key, [...this.backend.rows.keys()]) : key;
        }
      },
    ),
  ),
);
