import { type BrokenStore, broken, type StoreClass } from './kit/broken-store.ts';
import type { Finish } from './kit/parts.ts';
import { type Backend, ReferenceStore, type Row } from './kit/reference-store.ts';
import { UncheckedStore } from './kit/unchecked-store.ts';

/** A store that puts a key elsewhere than under itself. */
function placing(place: (key: string) => string): StoreClass {
  return class extends ReferenceStore {
    protected override place(key: string): string {
      return place(key);
    }
  };
}

/** A store that lets some keys pass which are none. */
function admitting(check: (key: unknown) => boolean): StoreClass {
  return class extends UncheckedStore {
    protected override checkKey(key: unknown): void {
      if (!check(key)) super.checkKey(key);
    }
  };
}

/** Remembers, in a shared map, where the first key with this beginning went. */
class PrefixStore extends ReferenceStore {
  protected override row(key: string): Row {
    for (const [name, row] of this.backend.rows) if (name.startsWith(key)) return row;
    return super.row(key);
  }
}

class SideRecordStore extends ReferenceStore {
  protected override async doClaim(
    ...[key, token, lease, fingerprint]: Parameters<ReferenceStore['doClaim']>
  ): ReturnType<ReferenceStore['doClaim']> {
    const result = await super.doClaim(key, token, lease, fingerprint);
    if (result.outcome === 'acquired') {
      const [since, end] = [this.now(), this.endOf(lease)];
      const claim = { state: 'claimed', token, fingerprint, takeover: false } as const;
      this.row(`${key}:lock`).record = { ...claim, since, end };
    }
    return result;
  }
}

class ObjectMapStore extends ReferenceStore {
  readonly #names: object;
  constructor(backend: Backend) {
    super(backend);
    this.#names = {};
  }
  protected override async doExists(key: string): Promise<boolean> {
    return key in this.#names || (await super.doExists(key));
  }
}

export const keyMistakes: readonly BrokenStore[] = [
  broken(
    'folded-case',
    'Compares keys by a collation that ignores case.',
    { 'keys.case': /"order".*its own value, saw "the value of \\"ordeR\\""/ },
    placing((key) => key.toLowerCase()),
  ),
  broken(
    'folded-accents',
    'Compares keys by a collation that ignores accents.',
    { 'keys.accents': /"resume".*its own value/ },
    placing((key) => key.normalize('NFD').replace(/\p{M}/gu, '')),
  ),
  broken(
    'normalised',
    'Normalises keys, so that two spellings become one.',
    { 'keys.normalisation': /its own value/ },
    placing((key) => key.normalize('NFKC')),
  ),
  broken(
    'padded-comparison',
    'Ignores trailing spaces, as SQL does when it compares strings.',
    {
      'keys.trailing-space': /ending in "a".*saw "the value of \\"a.*\\""/,
      'keys.last-byte': / that ends in/,
    },
    placing((key) => key.trimEnd()),
  ),
  broken(
    'trimmed',
    'Trims what it takes for careless input.',
    { 'keys.leading-space': /find of "/ },
    placing((key) => key.trimStart()),
  ),
  broken(
    'collapsed-spaces',
    'Makes one space of many.',
    { 'keys.inner-space': /"a {2}b"|"a b"/ },
    placing((key) => key.replace(/\s+/g, ' ')),
  ),
  broken(
    'c-strings',
    'Hands keys to something that ends them at NUL.',
    { 'keys.nul': /"a\\u0000b".*its own value/ },
    placing((key) => key.split('\0')[0] ?? ''),
  ),
  broken(
    'basic-plane',
    'Keeps keys in an encoding that has no room beyond 16 bits.',
    { 'keys.emoji': /"💳".*its own value/ },
    placing((key) => key.replace(/[\u{10000}-\u{10ffff}]/gu, '\ufffd')),
  ),
  broken(
    'like-instead-of-equals',
    'Drops what a pattern could hold before it looks a key up.',
    { 'keys.patterns': /"%".*its own value/ },
    placing((key) => key.replace(/[%_*?[\]{}\\^$.]/g, '')),
  ),
  broken(
    'sanitised',
    'Strips quotes and comments from keys against injection.',
    { 'keys.quotes': /"''".*its own value|"'".*its own value/ },
    placing((key) => key.replace(/['"`;]|--/g, '')),
  ),
  broken(
    'numbers-are-numbers',
    'Reads a key that looks like a number as one.',
    { 'keys.numbers': /"01".*its own value|"1".*its own value/ },
    placing((key) =>
      key.replace(/[^:]+$/, (last) => (Number.isNaN(Number(last)) ? last : `${Number(last)}`)),
    ),
  ),
  broken(
    'language-uppercase',
    'Puts keys in upper case as a language does.',
    { 'keys.collation': /"ß".*its own value/, 'keys.case': /its own value/ },
    placing((key) => key.toUpperCase()),
  ),
  broken(
    'names-in-an-object',
    'Files records in a plain object and lets the names that objects have share one place.',
    { 'keys.object-names': /"__proto__".*its own value/ },
    placing((key) => key.replace(/[^:]+$/, (last) => (last in {} ? 'object' : last))),
  ),
  broken(
    'plain-object-lookup',
    'Looks a key up in a plain object, which has some names by itself.',
    { 'keys.object-names-whole': /exists of "constructor": expected false, saw true/ },
    ObjectMapStore,
  ),
  broken(
    'first-match-by-prefix',
    'Takes the first record whose key begins like the one asked for.',
    { 'keys.prefixes': /its own value/ },
    PrefixStore,
  ),
  broken(
    'lock-beside-the-record',
    "Keeps its lock under a key of its own, where a user's key can be.",
    { 'keys.no-side-records': /:lock".*expected acquired, a key of its own/ },
    SideRecordStore,
  ),
  broken(
    'cut-column',
    'Keeps the first 255 characters of a key.',
    { 'keys.last-byte': /ends in "a": expected/ },
    placing((key) => key.slice(0, 255)),
  ),
  broken(
    'index-limit',
    'Uses the key as an index key of at most 900 bytes.',
    { 'keys.longest': /900 bytes/, 'keys.last-byte': /900 bytes/ },
    placing((key) => {
      if (Buffer.byteLength(key) > 900) throw new Error('index keys have at most 900 bytes');
      return key;
    }),
  ),
  broken(
    'characters-for-bytes',
    'Counts characters where the contract counts bytes.',
    { 'keys.too-long': /find with 1,025 bytes in characters of 4 as key: expected a rejection/ },
    admitting(
      (key) => typeof key === 'string' && key.isWellFormed() && key !== '' && key.length <= 1_024,
    ),
  ),
  broken(
    'empty-key-accepted',
    'Takes the empty key for a key.',
    { 'keys.empty': /with the empty string as key: expected a rejection with IDEM_INVALID_KEY/ },
    admitting((key) => key === ''),
  ),
  broken(
    'surrogates-accepted',
    'Lets lone surrogates pass, which UTF-8 turns into one and the same character.',
    { 'keys.lone-surrogates': /high surrogate at the end.*saw it resolve/ },
    admitting((key) => typeof key === 'string' && key !== ''),
  ),
  broken(
    'coerced-keys',
    'Turns whatever it is given into a string.',
    { 'keys.not-a-string': /a number as key: expected a rejection with IDEM_INVALID_KEY/ },
    class extends UncheckedStore {
      protected override checkKey(key: unknown): void {
        if (typeof key === 'string') super.checkKey(key);
      }
      protected override place(key: string): string {
        return `${typeof key === 'symbol' ? 'symbol' : key}`;
      }
    },
  ),
  broken(
    'key-too-short',
    'Refuses keys that it finds too short to be unique.',
    { 'keys.shortest': /IDEM_INVALID_KEY|ended by/ },
    class extends UncheckedStore {
      protected override checkKey(key: unknown): void {
        super.checkKey(typeof key === 'string' && key.length < 8 ? '' : key);
      }
    },
  ),
  broken(
    'also-in-lower-case',
    'Writes a result under its key, and under its key in lower case, for who looks that way.',
    { 'keys.exact-in-complete': /case throughout: expected/ },
    class extends ReferenceStore {
      protected override finish(...[row, ...rest]: Parameters<Finish>): void {
        super.finish(row, ...rest);
        const [place] = [...this.backend.rows].find(([, each]) => each === row) ?? [''];
        this.backend.rows.set(place.toLowerCase(), row);
      }
    },
  ),
  broken(
    'rows-in-an-object',
    'Keeps its rows in a plain object, in which there is something before it writes.',
    { 'keys.names-of-objects-are-keys': /exists of constructor: expected false, saw true/ },
    class extends ReferenceStore {
      readonly #inherited: Record<string, unknown> = {};
      protected override row(key: string): Row {
        const row = super.row(key);
        if (this.#inherited[key] === undefined || row.record !== undefined) return row;
        const nothing = { token: null, fingerprint: null, value: new Uint8Array() };
        return { ...row, record: { state: 'completed', ...nothing, end: Infinity } };
      }
    },
  ),
  broken(
    'keys-in-a-file-of-settings',
    'Writes keys into YAML without quotes: yes, on and True are one.',
    { 'keys.words': /find of "True": expected 7 bytes .*, saw/ },
    class extends ReferenceStore {
      protected override place(key: string): string {
        return /^(?:true|yes|on|y)$/i.test(key) ? 'true' : key;
      }
    },
  ),
  broken(
    'watchers-in-an-object',
    'Keeps its watchers in a plain object, and meets what every object has when it wakes them.',
    { 'keys.bare-words-in-every-operation': /TypeError: watchers is not iterable/ },
    class extends ReferenceStore {
      readonly #watchers: Record<string, (() => void)[]> = {};
      protected override wakeUp(key: string): void {
        super.wakeUp(key);
        const watchers = this.#watchers[key];
        if (watchers === undefined) return;
        if (!(Symbol.iterator in watchers)) throw new TypeError('watchers is not iterable');
      }
    },
  ),
];
