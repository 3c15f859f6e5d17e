/** How an adapter deletes rows that are of no more use. */
export interface PurgeOptions {
  /** Rows in one statement, 1 to 1,000. Default 500. */
  readonly batch?: number | undefined;
  /**
   * Milliseconds between two batches, up to one minute, so that a large purge leaves the log, its
   * replicas and the callers their share. Default 0.
   */
  readonly pause?: number | undefined;
  /** Aborted: no further batch begins, and the promise rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each batch that deleted something, with the rows deleted so far. */
  readonly onProgress?: ((deleted: number) => void) | undefined;
}
