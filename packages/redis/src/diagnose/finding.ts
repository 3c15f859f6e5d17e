export interface DiagnoseOptions {
  /**
   * How soon a record must be on disk: `always`, before it is acknowledged (the default), or
   * `everysec`, when losing a second of records in a crash is acceptable.
   */
  readonly fsync?: 'always' | 'everysec' | undefined;
}

/** What `diagnose` can find. A code never changes its meaning. */
export type FindingCode =
  /** Keys can be evicted to make room: their functions would run twice. */
  | 'eviction'
  /** Records are forgotten when the server restarts. */
  | 'persistence-off'
  /** Records acknowledged shortly before a crash may be forgotten. */
  | 'fsync-weak'
  /** A failover may lose acknowledged records. */
  | 'no-replica-acknowledgement'
  /** The server is a replica: it takes no claim. */
  | 'replica'
  /** A master that a partition cuts off goes on handing out claims. */
  | 'partition-unguarded'
  /** The server takes no writes, for fewer replicas follow it than it asks for. */
  | 'writes-refused'
  /** Fewer replicas are connected than the store waits for. */
  | 'replicas-missing'
  /** Older than Redis 6.2. */
  | 'server-too-old'
  /** The server's clock is far from this process's. Does no harm: only the server's counts. */
  | 'clock-far'
  /** The server does not tell of changes, so nothing is answered from the replay cache. */
  | 'replay-cache-off'
  /** The server does not say, so look yourself. */
  | 'unknown';

export interface Finding {
  readonly code: FindingCode;
  /** `error`: records will be lost or functions run twice. `warning`: they may, in a crash or failover. `info`: good to know. */
  readonly severity: 'error' | 'warning' | 'info';
  /** Which server, as `host:port`. */
  readonly server: string;
  readonly message: string;
  readonly remedy: string;
}
