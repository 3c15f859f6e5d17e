import type { Held, IdempotencyStore, StoreSupport, TransactionBoundStore } from '@idem/core';
import { outcomeOf, type SqlChannel, tokenHash } from '@idem/core/sql';
import { cancelling } from './cancelling.ts';
import { faults } from './faults/fault.ts';
import type { Names } from './schema/names.ts';
import { keyOf, SqlOperations } from './sql-operations.ts';
import { whichTransaction } from './statements/reads.ts';
import { notifySql } from './watch/notifier.ts';
import type { TableWakeUps } from './watch/table-wake-ups.ts';

/**
 * What makes sense in a transaction of yours. A claim does not: nobody would see it before the
 * commit, and everybody would wait for it.
 *
 * Each operation rejects with `IDEM_STORE_FAILED` where there is no transaction any more, or it has
 * failed: what follows would be committed by itself, or not at all. `complete` is true only when this
 * call wrote the record, in this transaction. What was written inside a savepoint goes with it.
 */
export type PostgresTransactionStore = Pick<
  IdempotencyStore,
  'find' | 'exists' | 'store' | 'remove' | 'complete'
> &
  Required<Pick<TransactionBoundStore, 'hold'>>;

export interface TransactionTerms {
  readonly channel: SqlChannel;
  /** Where what was given up is cancelled. */
  readonly pool: SqlChannel;
  readonly names: Names;
  readonly timeout: number;
  readonly supports: StoreSupport;
  readonly wakeUps: TableWakeUps | undefined;
}

export class TransactionOperations extends SqlOperations implements PostgresTransactionStore {
  readonly supports: StoreSupport;
  /** Which transaction this is; asked once, and proven by each statement. */
  readonly #its: { transaction: string | undefined };

  readonly #tell: ((key: string, signal: AbortSignal | undefined) => Promise<void>) | undefined;

  constructor({ channel, pool, supports, wakeUps, ...terms }: TransactionTerms) {
    const its: { transaction: string | undefined } = { transaction: undefined };
    super({
      ...terms,
      channel: cancelling(channel, pool, () => its.transaction),
      clock: 'statement_timestamp()',
      faults,
      // A fault may have doomed the transaction.
      repeat: false,
    });
    this.supports = supports;
    this.#its = its;
    const text = notifySql(channel.placeholder(1));
    this.#tell =
      wakeUps &&
      ((key, signal) =>
        this.runner.run({
          ...{ text, parameters: [wakeUps.nameOf(key)], signal },
          read: () => {},
        }));
  }

  /**
   * Before the work of the transaction: sees which transaction it is. Where its snapshot is of its
   * beginning (REPEATABLE READ, SERIALIZABLE) the claim is locked in it, so that nobody takes it over
   * while the transaction lasts, and it need not be renewed.
   *
   * @param longest how long it may last, in milliseconds
   */
  async hold(key: string, token: string, longest: number): Promise<Held> {
    const held = await this.runner.run<Held>({
      text: this.texts.hold,
      parameters: [keyOf(key), tokenHash(token), longest],
      signal: undefined,
      read: (rows) => {
        const { outcome, row } = outcomeOf(rows, key);
        this.#its.transaction = String(row['o_transaction']);
        if (outcome === 'not-needed') return 'renewed';
        return outcome === 'done' ? 'held' : 'lost';
      },
    });
    // By itself a statement is a transaction too, and another one is another.
    await this.beforeRead(undefined);
    return held;
  }

  protected override async transaction(signal: AbortSignal | undefined): Promise<string> {
    this.#its.transaction ??= await this.#ask(signal);
    return this.#its.transaction;
  }

  protected override async beforeRead(signal: AbortSignal | undefined): Promise<void> {
    const known = this.#its.transaction;
    const now = await this.#ask(signal);
    if (known !== undefined && known !== now) outcomeOf([{ outcome: 'no-transaction' }], '');
    this.#its.transaction = now;
  }

  // A record that was there before is not of this transaction, whoever wrote it.
  protected override completed(outcome: string): boolean {
    return outcome === 'done';
  }

  // The channel rejects when what was cancelled is over, and not before.
  protected override settle<T>(work: Promise<T>): Promise<T> {
    return work;
  }

  // The commit tells who waits: there is no moment after it that we would see.
  protected override async doComplete(
    key: string,
    token: string,
    value: Uint8Array,
    ttl: number,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const completed = await super.doComplete(key, token, value, ttl, signal);
    if (completed) await this.#tell?.(key, signal);
    return completed;
  }

  protected override async doStore(
    key: string,
    value: Uint8Array,
    ttl: number,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    await super.doStore(key, value, ttl, signal);
    await this.#tell?.(key, signal);
  }

  protected override async doRemove(key: string, signal: AbortSignal | undefined): Promise<void> {
    await super.doRemove(key, signal);
    await this.#tell?.(key, signal);
  }

  // Whoever began the transaction ends it.
  protected override async doClose(): Promise<void> {}

  #ask(signal: AbortSignal | undefined): Promise<string> {
    return this.runner.run({
      text: whichTransaction,
      parameters: [],
      signal,
      read: (rows) => String(rows[0]?.['o_transaction']),
    });
  }
}
