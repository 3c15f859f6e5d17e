import type { BrokenStore } from '../kit/broken-store.ts';
import { BoundStore } from './bound-store.ts';
import { brokenInTransactions } from './harness.ts';
import { type RecordParts, withBound } from './with-bound.ts';

/** Mistakes about who may complete in a transaction. */
export const holderMistakes: readonly BrokenStore[] = [
  brokenInTransactions(
    'any-token-in-transactions',
    'Completes in a transaction for whichever token.',
    {
      'transactions.not-held-is-false': /complete by another token: expected false, saw true/,
      'transactions.overtaken-is-false': /by the overtaken holder: expected false, saw true/,
      'transactions.overtaken-while-open': /by the overtaken holder: expected false, saw true/,
    },
    withBound(
      class extends BoundStore {
        protected override isToken(): boolean {
          return true;
        }
      },
    ),
  ),
  brokenInTransactions(
    'false-dooms',
    'Has the transaction rolled back when the claim is not held.',
    { 'transactions.not-held-is-false': /IDEM_STORE_FAILED/ },
    withBound(
      class extends BoundStore {
        protected override async record(...parts: RecordParts): Promise<boolean> {
          const done = await super.record(...parts);
          if (!done) this.tx.doom();
          return done;
        }
      },
    ),
  ),
  brokenInTransactions(
    'tokens-without-case-in-transactions',
    'Compares tokens without their case in a transaction.',
    { 'transactions.tokens-are-exact': /the token in the other case: expected false, saw true/ },
    withBound(
      class extends BoundStore {
        protected override isToken(held: string | null, token: string): boolean {
          return held?.toLowerCase() === token.toLowerCase();
        }
      },
    ),
  ),
  brokenInTransactions(
    'second-value-in-transactions',
    'Answers false to the second complete of a transaction, and replaces the value.',
    {
      'transactions.twice-is-false': /find after the commit: expected 6 bytes/,
      'transactions.completed-before-is-false': /find of it: expected 6 bytes/,
    },
    withBound(
      class extends BoundStore {
        protected override async record(...parts: RecordParts): Promise<boolean> {
          const done = await super.record(...parts);
          const row = this.row(parts[0]);
          if (row.record?.state === 'completed' && row.record.token === parts[1]) {
            row.record = { ...row.record, value: parts[2] };
          }
          return done;
        }
      },
    ),
  ),
];
