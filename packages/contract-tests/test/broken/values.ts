import { type BrokenStore, broken, type StoreClass } from './kit/broken-store.ts';
import type { Renew, Store } from './kit/parts.ts';
import { ReferenceStore } from './kit/reference-store.ts';
import { UncheckedStore } from './kit/unchecked-store.ts';

/** A store that keeps something else than it was given. */
function keeping(kept: (value: Uint8Array) => Uint8Array): StoreClass {
  return class extends ReferenceStore {
    protected override kept(value: Uint8Array): Uint8Array {
      return kept(value);
    }
  };
}

/** A store that answers something else than a copy. */
function answering(answer: (value: Uint8Array) => Uint8Array): StoreClass {
  return class extends ReferenceStore {
    protected override answer(value: Uint8Array): Uint8Array {
      return answer(value);
    }
  };
}

const PIECE = 1_048_576;

const text = (value: Uint8Array): string => new TextDecoder().decode(value);
const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);

function withoutTrailing(value: Uint8Array, unwanted: number): Uint8Array {
  let end = value.length;
  while (end > 0 && value[end - 1] === unwanted) end -= 1;
  return value.slice(0, end);
}

export const valueMistakes: readonly BrokenStore[] = [
  broken(
    'empty-is-falsy',
    'Tests for a value with its length, so that an empty one is none.',
    { 'values.empty-is-not-absent': /expected an empty value, saw null/ },
    class extends ReferenceStore {
      protected override async doFind(key: string): Promise<Uint8Array | null> {
        const value = await super.doFind(key);
        return value?.length ? value : null;
      }
    },
  ),
  broken(
    'nothing-to-write',
    'Skips the write when there is nothing to write.',
    { 'values.empty-replaces': /expected an empty value, saw 6 bytes/ },
    class extends ReferenceStore {
      protected override async doStore(key: string, value: Uint8Array, ttl: number): Promise<void> {
        if (value.length > 0) await super.doStore(key, value, ttl);
      }
    },
  ),
  broken(
    'values-as-text',
    'Sends bytes through a string of UTF-8.',
    {
      'values.not-text': /no UTF-8, by store: find: expected 12 bytes ff fe/,
      'values.all-bytes': /ef bf bd|256 bytes/,
    },
    keeping((value) => bytes(text(value))),
  ),
  broken(
    'seven-bits',
    'Sends bytes through a string of ASCII.',
    { 'values.all-bytes': /all byte values, by store: find/ },
    keeping((value) => value.map((byte) => byte & 0x7f)),
  ),
  broken(
    'zero-padded',
    'Keeps values in a column that drops zeros at the end.',
    {
      'values.trailing-zeros':
        /the bytes 1 0, by store: find: expected 2 bytes 01 00, saw 1 byte 01/,
    },
    keeping((value) => withoutTrailing(value, 0)),
  ),
  broken(
    'trimmed-values',
    'Trims values as if they were text.',
    { 'values.trailing-spaces': /the value "a ", by store: find/ },
    keeping((value) => bytes(text(value).trim())),
  ),
  broken(
    'null-is-null',
    'Reads the text "null" as no value.',
    { 'values.no-meaning': /the value "null", by store: find: expected 4 bytes .*saw null/ },
    class extends ReferenceStore {
      protected override async doFind(key: string): Promise<Uint8Array | null> {
        const value = await super.doFind(key);
        return value !== null && text(value) === 'null' ? null : value;
      }
    },
  ),
  broken(
    'short-column',
    'Keeps the first 8,000 bytes of a value.',
    {
      'values.sizes': /8001 bytes, by store: find/,
      'values.largest': /16 MiB as they were, saw 8000 bytes/,
    },
    keeping((value) => value.slice(0, 8_000)),
  ),
  broken(
    'written-over',
    'Writes a new value over the old one and leaves what is longer.',
    {
      'values.replaced-by-shorter': /saw 10000 bytes/,
      'find-store.store-replaces': /after a second store/,
    },
    class extends ReferenceStore {
      protected override async doStore(key: string, value: Uint8Array, ttl: number): Promise<void> {
        const old = await super.doFind(key);
        const whole = new Uint8Array(Math.max(value.length, old?.length ?? 0));
        if (old !== null) whole.set(old);
        whole.set(value);
        await super.doStore(key, whole, ttl);
      }
    },
  ),
  broken(
    'no-limit',
    'Takes values of any size.',
    { 'values.too-large': /store of 16 MiB \+ 1: expected a rejection with IDEM_INVALID_VALUE/ },
    class extends UncheckedStore {
      protected override checkValue(value: unknown): void {
        if (!(value instanceof Uint8Array)) super.checkValue(value);
      }
    },
  ),
  broken(
    'whole-buffer',
    'Takes the buffer behind a view instead of the view.',
    { 'values.view-with-offset': /a view, by store: find: expected 8 bytes/ },
    class extends UncheckedStore {
      protected override taken(value: Uint8Array): Uint8Array {
        return new Uint8Array(value.buffer.slice(0));
      }
    },
  ),
  broken(
    'shared-on-the-way-in',
    "Keeps the caller's array itself.",
    {
      'values.store-copies-in': /changed after store: expected 9 bytes 61 73/,
      'values.complete-copies-in': /changed after complete: expected 9 bytes 61 73/,
      'values.buffer-from-the-pool': /a pooled Buffer, by store: find/,
    },
    class extends UncheckedStore {
      protected override taken(value: Uint8Array): Uint8Array {
        return value;
      }
    },
  ),
  broken(
    'copied-too-late',
    'Copies the value when it is sent, not when it is given.',
    {
      'values.store-copies-in': /changed while store was under way: expected 9 bytes 61 73/,
      'values.complete-copies-in': /changed while complete was under way: expected 9 bytes 61 73/,
    },
    class extends UncheckedStore {
      protected override taken(value: Uint8Array): Uint8Array {
        return value;
      }
      protected override kept(value: Uint8Array): Uint8Array {
        return new Uint8Array(value);
      }
    },
  ),
  broken(
    'shared-on-the-way-out',
    'Answers with the array that it keeps.',
    {
      'values.find-copies-out': /after the last answer was changed: expected 9 bytes 61 73/,
      'values.claim-copies-out': /after the first answer was changed: expected 9 bytes 61 73/,
      'values.answers-share-nothing': /a buffer of its own/,
    },
    answering((value) => value),
  ),
  broken(
    'buffers-out',
    'Answers with Buffers, whose methods differ and whose memory is shared.',
    {
      'values.answers-are-plain': /a plain Uint8Array, saw "Buffer"/,
      'values.answers-share-nothing': /a buffer of its own each/,
    },
    answering((value) => Buffer.from(value)),
  ),
  broken(
    'equal-values-kept-once',
    'Keeps equal values once, and drops that for all who have it when one is removed.',
    { 'values.equal-values-are-apart': /what was stored: find: expected 15 bytes .*, saw null/ },
    class extends ReferenceStore {
      protected override async doRemove(key: string): Promise<void> {
        const { record } = this.row(key);
        await super.doRemove(key);
        if (record?.state !== 'completed') return;
        for (const row of this.backend.rows.values()) {
          const same =
            row.record?.state === 'completed' &&
            Buffer.compare(row.record.value, record.value) === 0;
          if (same) row.record = undefined;
        }
      }
    },
  ),
  broken(
    'same-size-so-the-same',
    'Takes a value of more than 150 bytes for the one that is there when they are as long.',
    { 'values.replaced-by-the-same-length': /200 bytes over .*: find: expected 200 bytes/ },
    class extends ReferenceStore {
      protected override doStore(...parts: Parameters<Store>): Promise<void> {
        const [key, value, ttl, signal] = parts;
        const { record } = this.row(key);
        const same =
          record?.state === 'completed' &&
          value.length > 150 &&
          record.value.length === value.length;
        return super.doStore(key, same ? record.value : value, ttl, signal);
      }
    },
  ),
  broken(
    'large-values-sent-later',
    'Copies small values at the call, and reads large ones from the caller’s array when they are sent.',
    {
      'values.store-copies-in-whatever-the-size': /find of \d+ bytes: expected as they were/,
      'values.complete-copies-in-whatever-the-size': /find of \d+ bytes: expected as they were/,
    },
    class extends UncheckedStore {
      protected override taken(value: Uint8Array): Uint8Array {
        return value.length > 65_536 ? value : super.taken(value);
      }
      protected override kept(value: Uint8Array): Uint8Array {
        return new Uint8Array(value);
      }
    },
  ),
  broken(
    'pieces-past-the-end',
    'Keeps large values in pieces, and leaves those past the end of a shorter one.',
    { 'values.replaced-by-shorter-at-any-size': /2000000 bytes stored over 5000000: expected/ },
    class extends ReferenceStore {
      protected override doStore(...parts: Parameters<Store>): Promise<void> {
        const [key, value, ttl, signal] = parts;
        const { record } = this.row(key);
        if (record?.state !== 'completed' || value.length < PIECE) return super.doStore(...parts);
        const past = record.value.slice(Math.ceil(value.length / PIECE) * PIECE);
        return super.doStore(key, Uint8Array.from(Buffer.concat([value, past])), ttl, signal);
      }
    },
  ),
  broken(
    'large-values-by-version',
    'Keeps large values in the client for as long as the fence of their record is the same.',
    { 'values.seen-by-others-whatever-the-size': /find of \d+ bytes, replaced: expected the new/ },
    class extends ReferenceStore {
      readonly #known = new Map<string, { readonly fence: number; readonly value: Uint8Array }>();
      protected override async doFind(key: string): Promise<Uint8Array | null> {
        const value = await super.doFind(key);
        if (value === null || value.length < 10_000) return value;
        const { fence } = this.row(key);
        const known = this.#known.get(key);
        if (known?.fence === fence) return this.answer(known.value);
        this.#known.set(key, { fence, value });
        return this.answer(value);
      }
    },
  ),
  broken(
    'heads-of-long-records',
    'Reads the head of a record of half a kilobyte or more for a renewal, and takes it for a claim.',
    { 'values.every-move-beside-a-value': /renew of a result of 512 bytes, by complete, by its/ },
    class extends ReferenceStore {
      protected override async doRenew(...parts: Parameters<Renew>): Promise<boolean> {
        const { record } = this.row(parts[0]);
        const long = record?.state === 'completed' && record.value.length >= 512;
        return (await super.doRenew(...parts)) || (long && record.token === parts[1]);
      }
    },
  ),
];
