import type { OperationOptions } from '@idem/core';
import { untilAborted } from '@idem/core/adapter';
import type { BrokenStore } from '../kit/broken-store.ts';
import { BoundStore } from './bound-store.ts';
import { brokenInTransactions } from './harness.ts';
import { type RecordParts, withBound } from './with-bound.ts';

type CompleteParts = [...RecordParts, options?: OperationOptions];

/** Mistakes about what is given to a bound store. */
export const argumentMistakes: readonly BrokenStore[] = [
  brokenInTransactions(
    'server-checks-arguments',
    'Has the server refuse bad arguments, which dooms the transaction.',
    { 'transactions.bad-arguments-doom-nothing': /IDEM_STORE_FAILED/ },
    withBound(
      class extends BoundStore {
        override async complete(...parts: CompleteParts): Promise<boolean> {
          try {
            return await super.complete(...parts);
          } catch (error) {
            this.tx.doom();
            throw error;
          }
        }
      },
    ),
  ),
  brokenInTransactions(
    'unchecked-in-transactions',
    'Checks nothing in a transaction: it was checked outside, when the key was claimed.',
    { 'transactions.bad-arguments-doom-nothing': /complete with .*: expected a rejection with/ },
    withBound(
      class extends BoundStore {
        override complete(...[key, token, value, ttl]: CompleteParts): Promise<boolean> {
          return this.doComplete(key, token, value, ttl);
        }
      },
    ),
  ),
  brokenInTransactions(
    'signals-dropped-in-transactions',
    'Looks at no signal in a transaction.',
    {
      'transactions.aborted-before-dooms-nothing': /complete, aborted before: expected a rejection/,
    },
    withBound(
      class extends BoundStore {
        override complete(...[key, token, value, ttl]: CompleteParts): Promise<boolean> {
          return super.complete(key, token, value, ttl);
        }
      },
    ),
  ),
  brokenInTransactions(
    'aborted-is-rolled-back',
    'Rolls the transaction back when an operation in it is aborted, sent or not.',
    { 'transactions.aborted-before-dooms-nothing': /IDEM_STORE_FAILED/ },
    withBound(
      class extends BoundStore {
        override complete(...parts: CompleteParts): Promise<boolean> {
          if (parts[4]?.signal?.aborted === true) this.tx.doom();
          return super.complete(...parts);
        }
      },
    ),
  ),
  brokenInTransactions(
    'rejects-while-busy',
    'Rejects an aborted operation at once, while the connection still has its answer to come.',
    { 'transactions.aborted-in-flight-can-be-rolled-back': /the connection is busy/ },
    withBound(
      class extends BoundStore {
        protected override settle<T>(work: Promise<T>, signal?: AbortSignal): Promise<T> {
          return untilAborted(work, signal);
        }
      },
    ),
  ),
  brokenInTransactions(
    'value-not-copied-in-transactions',
    'Keeps the array that it was given until the commit.',
    { 'transactions.values-are-copied': /find after the commit: expected 6 bytes/ },
    withBound(
      class extends BoundStore {
        override complete(...[key, token, value, ttl]: CompleteParts): Promise<boolean> {
          return this.doComplete(key, token, value, ttl);
        }
      },
    ),
  ),
  brokenInTransactions(
    'memory-shared-in-transactions',
    'Gives out the very bytes that it keeps for the commit.',
    { 'transactions.values-are-copied': /find once the answer was changed: expected/ },
    withBound(
      class extends BoundStore {
        protected override answer(value: Uint8Array): Uint8Array {
          return value;
        }
      },
    ),
  ),
  brokenInTransactions(
    'text-in-transactions',
    'Sends values as text in a transaction.',
    { 'transactions.odd-values-inside': /find of \d+ bytes: expected/ },
    withBound(
      class extends BoundStore {
        protected override kept(value: Uint8Array): Uint8Array {
          return new TextEncoder().encode(new TextDecoder().decode(value));
        }
      },
    ),
  ),
  brokenInTransactions(
    'empty-is-nothing-in-transactions',
    'Records an empty value as none in a transaction.',
    { 'transactions.odd-values-inside': /find of 0 bytes: expected/ },
    withBound(
      class extends BoundStore {
        protected override async record(...parts: RecordParts): Promise<boolean> {
          const [key, , value] = parts;
          const done = await super.record(...parts);
          if (value.length === 0) this.row(key).record = undefined;
          return done;
        }
      },
    ),
  ),
  brokenInTransactions(
    'keys-folded-in-transactions',
    'Compares keys by a collation in a transaction: without case, accents and trailing spaces.',
    {
      'transactions.odd-keys-inside': /in the transaction: expected true, saw false/,
      'transactions.bound-store-inside-is-exact': /exists in the other case: expected false/,
    },
    withBound(
      class extends BoundStore {
        protected override place(key: string): string {
          const folded = (text: string): string => text.trimEnd().toLowerCase().normalize('NFD');
          const known = [...this.shared.rows.keys(), ...this.tx.rows.keys()];
          return known.find((each) => folded(each) === folded(key)) ?? key;
        }
      },
    ),
  ),
  brokenInTransactions(
    'removes-by-a-pattern',
    'Removes in a transaction what is like the key.',
    { 'transactions.bound-store-inside-is-exact': /find of the last write: expected 6 bytes/ },
    withBound(
      class extends BoundStore {
        protected override async doRemove(key: string): Promise<void> {
          await super.doRemove(key);
          const prefix = key.replace(/_$/, '');
          for (const [place, row] of this.tx.rows) {
            if (prefix !== key && place.startsWith(prefix)) row.record = undefined;
          }
        }
      },
    ),
  ),
];
