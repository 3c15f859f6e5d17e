import type { IdempotencyStore, StoreSupport, Support } from './store.ts';

/**
 * A store whose records can be written in the user's own transaction, so that an effect and its
 * record commit together or not at all.
 *
 * `Tx` is what the driver hands to the work of a transaction; an adapter whose transactions are
 * typed by the user's schema is generic in it, so that the function gets the user's own type.
 */
export interface TransactionalStore<Tx> extends IdempotencyStore {
  readonly supports: TransactionalSupport;
  /** The store, bound to a transaction that is open. It neither commits nor rolls back. */
  inTransaction(tx: Tx): TransactionBoundStore;
}

/**
 * What a store promises to others while a transaction is open that wrote one of its records. What is
 * not promised waits for the end of the transaction, or is refused with a retryable error; in no case
 * does anybody see what is not committed.
 */
export interface TransactionalSupport extends StoreSupport {
  /** `find`, `exists`, `inspect` and the claims of others, of the same key, are answered at once by what is committed. */
  readonly sameKeyWhileOpen: Support;
  /** Every operation on every other key goes on as always. */
  readonly otherKeysWhileOpen: Support;
}

/**
 * What the executor needs of a store that writes in a transaction which somebody else ends; it may have more.
 *
 * `complete` is true only when this call itself wrote the record, in this transaction. False where the
 * claim is not held, and where the record was completed before, by whichever token, this one included:
 * a transaction that is run again after a commit that nobody confirmed must not commit its effect
 * beside the first one's. Whoever is answered false rolls back and asks the store outside.
 *
 * It rejects where the transaction is no longer there, or can only be rolled back. An aborted call
 * rejects when the connection takes requests again, not at once, so that the rollback which follows is
 * not refused.
 */
export interface TransactionBoundStore extends Pick<IdempotencyStore, 'complete'> {
  /**
   * Where it is there, it is called once before the function, in the same transaction: it sees that
   * there is one, and says who keeps the claim while it lasts. For a backend on which a renewal beside
   * the transaction would make `complete` fail, as under snapshot isolation.
   *
   * Rejects where there is no transaction, or it cannot record anything: the function is not called then.
   *
   * @param longest milliseconds for which the claim is kept at most: the maximum hold, and one lease for the record
   */
  hold?(key: string, token: string, longest: number): Promise<Held>;
}

/**
 * Who keeps a claim while a transaction lasts: `renewed`, its lease, which is renewed beside the
 * transaction; `held`, the transaction, because nobody can take the claim over before its end, and
 * nothing is renewed; `lost`, nobody, because the token does not hold it. Who says `renewed` need not
 * have looked whose claim it is: the renewals tell.
 */
export type Held = 'renewed' | 'held' | 'lost';

/**
 * Runs `work` in a transaction: begins it, commits when the work resolves, rolls back when it
 * rejects, and settles as the work or the commit did. With Kysely:
 * `(work) => db.transaction().execute(work)`.
 */
export type RunTransaction<Tx> = <R>(work: (tx: Tx) => Promise<R>) => Promise<R>;
