/** A value as it is sent: bytes, text or a whole number; null where the statement says so. */
export type SqlParameter = Buffer | string | number | null;

/** One statement, to be sent once. */
export interface SqlRequest {
  /** SQL, with the parameters written as the channel's `placeholder` says. */
  readonly text: string;
  readonly parameters: readonly SqlParameter[];
  /** Milliseconds until it is given up. */
  readonly deadline: number;
  readonly signal: AbortSignal | undefined;
  /** A lease depends on it: where requests queue for a connection, it may take a reserved one. */
  readonly urgent: boolean;
}

/** A row by its columns' names; whole numbers of 64 bits as a string, a number or a bigint, bytes as bytes. */
export type SqlRow = Readonly<Record<string, unknown>>;

/** Sends statements in one place: on a pool's connections, or in one open transaction. */
export interface SqlChannel {
  /** How the n-th parameter, from 1, is written: `@1`, `$1`. */
  placeholder(n: number): string;
  /**
   * Sends a statement, once, and gives the rows of its result.
   *
   * Given up, by its deadline or its signal, on a pool it rejects at once. In a transaction it is
   * cancelled, and rejects only when the server has acknowledged that, or the connection is closed:
   * until then the connection takes no other request, a rollback not even, and would go back to its
   * pool with the transaction open.
   */
  send(request: SqlRequest): Promise<readonly SqlRow[]>;
}

/**
 * How the store writes in the transactions of one library; `Tx` is what that library hands to the work
 * of a transaction.
 */
export interface TransactionAdapter<Tx> {
  /** Refuses, with `IDEM_INVALID_OPTIONS`, what is no such transaction. Sends nothing. */
  channel(tx: Tx): SqlChannel;
}
