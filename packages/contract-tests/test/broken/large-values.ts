import { setImmediate } from 'node:timers/promises';
import { type BrokenStore, broken } from './kit/broken-store.ts';
import { ReferenceStore } from './kit/reference-store.ts';

const PIECE = 255 * 1_024;
const SHARED = 65_536;
const END = 768;

/** Mistakes with values that are kept in pieces, or once for many. */
export const largeValueMistakes: readonly BrokenStore[] = [
  broken(
    'pieces-read-one-by-one',
    'Reads a value in pieces of 255 KiB, each by a request of its own.',
    { 'concurrency.large-values-are-whole': /expected one whole value, saw "\d+ bytes of \d and/ },
    class extends ReferenceStore {
      protected override async doFind(key: string): Promise<Uint8Array | null> {
        const first = await super.doFind(key);
        if (first === null || first.length <= PIECE) return first;
        await setImmediate();
        const rest = await super.doFind(key);
        first.set(rest?.subarray(PIECE, first.length) ?? [], PIECE);
        return first;
      }
    },
  ),
  broken(
    'kept-once-by-length-and-ends',
    'Keeps values of 64 KiB or more once for each length, beginning and end.',
    { 'values.alike-are-apart': /find of number 2 of 70000 bytes: expected its own bytes/ },
    class extends ReferenceStore {
      readonly #known = new Map<string, Uint8Array>();
      protected override kept(value: Uint8Array): Uint8Array {
        if (value.length < SHARED) return value;
        const ends = [value.subarray(0, END), value.subarray(-END)];
        const name = `${value.length} ${Buffer.concat(ends).toString('base64')}`;
        const known = this.#known.get(name) ?? value;
        this.#known.set(name, known);
        return known;
      }
    },
  ),
];
