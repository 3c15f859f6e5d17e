import type { IdempotencyStore, StoreSupport } from '@idem/core';
import type { Runner } from './connection/runner.ts';
import type { Names } from './schema/names.ts';
import { SqlOperations } from './sql-operations.ts';

/**
 * What makes sense in a transaction of yours. A claim does not: nobody would see it before the
 * commit, and everybody would wait for it.
 */
export type SqlServerTransactionStore = Pick<
  IdempotencyStore,
  'find' | 'exists' | 'store' | 'remove' | 'complete'
>;

export class TransactionOperations extends SqlOperations {
  readonly supports: StoreSupport;

  constructor(runner: Runner, names: Names, supports: StoreSupport) {
    super(runner, names);
    this.supports = supports;
  }

  // Whoever began the transaction ends it.
  protected override async doClose(): Promise<void> {}
}
