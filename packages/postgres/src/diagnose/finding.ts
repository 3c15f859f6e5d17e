/** What `diagnose` can find. A code never changes its meaning. */
export type FindingCode =
  /** The server does not see to it that what it wrote is on the disk: a crash may ruin the whole database. */
  | 'fsync-off'
  /** A page that was half written when the machine failed is not repaired. */
  | 'full-page-writes-off'
  /** Commits are acknowledged before they are on the disk: a crash forgets the last ones. */
  | 'synchronous-commit-off'
  /** The table is UNLOGGED (a crash empties it) or TEMPORARY. */
  | 'unlogged'
  /** A failover may lose acknowledged records. */
  | 'no-replica-acknowledgement'
  /** Commits wait for a standby that is not there. */
  | 'replicas-missing'
  /** The server is a standby: it takes no claim. */
  | 'standby'
  /** The session, or the server, takes no writes. */
  | 'read-only'
  /** The table is not there. */
  | 'table-missing'
  /** Older than PostgreSQL 14. */
  | 'server-too-old'
  /** Nothing gives back the space of rows that were replaced or purged. */
  | 'autovacuum-off'
  /** An old transaction, a prepared one or a replication slot keeps vacuum from giving back space. */
  | 'vacuum-held-back'
  /** Most of the table's space is of rows that nobody sees any more. */
  | 'bloat'
  /** Most of the rows are of no more use, and wait for a purge. */
  | 'purge-backlog'
  /** The server's clock is far from this process's. Does no harm: only the server's counts. */
  | 'clock-far'
  /** The server does not say, so look yourself. */
  | 'unknown';

export interface Finding {
  readonly code: FindingCode;
  /** `error`: records will be lost or functions run twice, or none will run. `warning`: they may, in a crash or failover, or it will get slow. `info`: good to know. */
  readonly severity: 'error' | 'warning' | 'info';
  /** Which server, as `host:port`. */
  readonly server: string;
  readonly message: string;
  readonly remedy: string;
}
