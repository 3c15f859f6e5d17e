import type { IdempotencyStore, StoreSupport } from '@idem/core';
import type { Faults, SqlChannel } from '@idem/core/sql';
import { insideTransaction } from './client/guard.ts';
import type { Names } from './schema/names.ts';
import { SqlOperations } from './sql-operations.ts';

/**
 * What makes sense in a transaction of yours. A claim does not: nobody would see it before the
 * commit, and everybody would wait for it.
 *
 * Each operation rejects with `IDEM_STORE_FAILED` where there is no transaction any more: the server
 * rolled it back, as after a deadlock, and what follows would be committed by itself. `complete` is
 * true only when this call wrote the record, in this transaction.
 */
export type SqlServerTransactionStore = Pick<
  IdempotencyStore,
  'find' | 'exists' | 'store' | 'remove' | 'complete'
>;

export interface TransactionTerms {
  readonly channel: SqlChannel;
  readonly names: Names;
  readonly faults: Faults;
  readonly timeout: number;
  readonly supports: StoreSupport;
}

export class TransactionOperations extends SqlOperations {
  readonly supports: StoreSupport;

  constructor({ supports, ...terms }: TransactionTerms) {
    super({ ...terms, repeat: false });
    this.supports = supports;
  }

  protected override statement(call: string): string {
    return insideTransaction(call);
  }

  // A record that was there before is not of this transaction, whoever wrote it.
  protected override completed(outcome: string): boolean {
    return outcome === 'done';
  }

  // The channel rejects when what was cancelled is over, and not before.
  protected override settle<T>(work: Promise<T>): Promise<T> {
    return work;
  }

  // Whoever began the transaction ends it.
  protected override async doClose(): Promise<void> {}
}
