import type { IdempotencyStore, TransactionalStore, TransactionBoundStore } from '@idem/core';
import type { Ability } from './harness.ts';

/** Transactions of an application, in which a store can write by `inTransaction`. */
export interface ApplicationTransactions {
  /**
   * Opens a client whose records are written in transactions. The suite closes it. Where an
   * operation cannot go on beside an open transaction it may wait for the end, as a promise, or be
   * refused with a retryable error; a client that blocks the process must be given up soon.
   */
  open(): Promise<TransactionalClient>;
  /** Whether an effect of this name is committed. */
  hasEffect(name: string): Promise<boolean>;
  /** Isolation levels that this server takes, beside its default, as `begin` takes them. */
  readonly levels: readonly string[];
}

/** A store, and the transactions that it can be bound to. */
export interface TransactionalClient {
  readonly store: TransactionalStore<never>;
  /** Begins a transaction as the application does, on a connection that is not the store's own. */
  begin(level?: string): Promise<OpenTransaction>;
}

/** A transaction of the application's, with the store bound to it. */
export interface OpenTransaction {
  /** What `inTransaction` gave for it. */
  readonly bound: BoundStore;
  /** Writes something of the application's own in the transaction, under a name that is used once. */
  effect(name: string): Promise<void>;
  /** Rejects when it could not be committed. */
  commit(): Promise<void>;
  rollback(): Promise<void>;
  /** Marks a point in the transaction to which it can be rolled back. */
  readonly savepoint: Ability<() => Promise<Savepoint>>;
  /**
   * Has the server doom or end the transaction by an error, as a deadlock does, and swallows that
   * error. `rollback` may be called afterwards.
   */
  readonly doom: Ability<() => Promise<void>>;
  /**
   * Rolls it back by a statement of its own on the same connection, so that the library that began it
   * does not know. `rollback` may be called afterwards.
   */
  readonly endUnseen: Ability<() => Promise<void>>;
  /** Commits, and loses the reply with the connection; resolves when that has happened. */
  readonly commitUnheard: Ability<() => Promise<void>>;
}

export interface Savepoint {
  rollback(): Promise<void>;
}

/** A store that is bound to a transaction: `complete`, and whichever of the others it offers. */
export type BoundStore = TransactionBoundStore &
  Partial<Pick<IdempotencyStore, 'find' | 'exists' | 'store' | 'remove'>>;
