/** What the function is given: its own frozen object, so that nothing it does to it matters. */
export interface RunContext {
  /** The key, as it was given to `run`. */
  readonly key: string;
  /** The scope, the executor's own parts first; empty when there is none. */
  readonly scope: readonly string[];
  /** Aborted with the `IDEM_LEASE_LOST` error when the lease is lost, and by nothing else. */
  readonly signal: AbortSignal;
  /**
   * Greater than that of every earlier execution of this key. A downstream system that remembers the
   * greatest it has seen can refuse an execution that was overtaken.
   */
  readonly fence: number;
  /** True when an earlier execution neither completed nor failed: it may have half happened. */
  readonly takeover: boolean;
  /** Names this execution and no other. */
  readonly token: string;
}
