import type { SqlRow } from '@idem/core/sql';

/** What a server says of itself and of the table. Null where it does not say. */
export interface Facts {
  /** As `host:port`; the server's name in its own configuration where the connection is a socket's. */
  readonly server: string;
  /** `server_version_num`: 150018 is 15.18. */
  readonly version: number;
  readonly fsync: boolean;
  readonly fullPageWrites: boolean;
  /** As it holds for the store's own sessions. */
  readonly synchronousCommit: string;
  readonly synchronousStandbys: string;
  readonly inRecovery: boolean;
  readonly readOnly: boolean;
  readonly autovacuum: boolean;
  /** Servers that receive what is written, and those of them that commits wait for. */
  readonly followers: number | null;
  readonly confirming: number | null;
  /** Milliseconds by which the server's clock is ahead, at the least: that much is not the round trip's. */
  readonly clockAhead: number;
  /** Milliseconds since the oldest transaction began that keeps vacuum from its work. */
  readonly oldestTransaction: number | null;
  readonly slots: number;
  readonly table: TableFacts | null;
}

export interface TableFacts {
  /** `p` for permanent, `u` for unlogged, `t` for temporary. */
  readonly persistence: string;
  readonly autovacuum: boolean;
  readonly pages: number;
  readonly live: number;
  readonly dead: number;
}

/** @param table quoted, with its schema */
export function factsSql(table: string): string {
  const name = `to_regclass('${table.replaceAll("'", "''")}')`;
  const may = "pg_has_role(current_user, 'pg_read_all_stats', 'USAGE')";
  return `SELECT
  coalesce(host(inet_server_addr()), 'socket') || ':' || coalesce(inet_server_port()::text, current_setting('port')) AS server,
  current_setting('server_version_num')::integer AS version,
  current_setting('fsync')::boolean AS fsync,
  current_setting('full_page_writes')::boolean AS full_page_writes,
  current_setting('synchronous_commit') AS synchronous_commit,
  current_setting('synchronous_standby_names') AS standbys,
  pg_is_in_recovery() AS in_recovery,
  current_setting('transaction_read_only')::boolean AS read_only,
  current_setting('autovacuum')::boolean AND current_setting('track_counts')::boolean AS autovacuum,
  CASE WHEN ${may} THEN (SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming')::integer END AS followers,
  CASE WHEN ${may} THEN (SELECT count(*) FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum'))::integer END AS confirming,
  (extract(epoch FROM clock_timestamp()) * 1000::numeric)::double precision AS now,
  CASE WHEN ${may} THEN (SELECT (extract(epoch FROM clock_timestamp() - min(since)) * 1000::numeric)::double precision FROM (
    SELECT xact_start AS since FROM pg_stat_activity WHERE backend_xmin IS NOT NULL OR backend_xid IS NOT NULL
    UNION ALL SELECT prepared FROM pg_prepared_xacts WHERE database = current_database()) AS open) END AS oldest,
  (SELECT count(*) FROM pg_replication_slots WHERE NOT active AND (xmin IS NOT NULL OR restart_lsn IS NOT NULL))::integer AS slots,
  c.relpersistence::text AS persistence,
  NOT coalesce(c.reloptions @> ARRAY['autovacuum_enabled=false'] OR c.reloptions @> ARRAY['autovacuum_enabled=off'], false) AS table_autovacuum,
  (pg_relation_size(c.oid) / current_setting('block_size')::bigint)::double precision AS pages,
  coalesce(s.n_live_tup, 0)::double precision AS live,
  coalesce(s.n_dead_tup, 0)::double precision AS dead
FROM (SELECT ${name} AS oid) AS named
LEFT JOIN pg_class AS c ON c.oid = named.oid
LEFT JOIN pg_stat_all_tables AS s ON s.relid = c.oid`;
}

/**
 * @param before this process's clock before the server read its own, in milliseconds since 1970
 * @param after the same, after it
 */
export function readFacts([row = {}]: readonly SqlRow[], before: number, after: number): Facts {
  const number = (name: string): number => Number(row[name] ?? 0);
  const numberOrNull = (name: string): number | null => (row[name] == null ? null : number(name));
  const now = number('now');
  return {
    server: String(row['server']),
    version: number('version'),
    fsync: row['fsync'] === true,
    fullPageWrites: row['full_page_writes'] === true,
    synchronousCommit: String(row['synchronous_commit']),
    synchronousStandbys: String(row['standbys'] ?? ''),
    inRecovery: row['in_recovery'] === true,
    readOnly: row['read_only'] === true,
    autovacuum: row['autovacuum'] === true,
    followers: numberOrNull('followers'),
    confirming: numberOrNull('confirming'),
    clockAhead: now > after ? now - after : Math.min(0, now - before),
    oldestTransaction: numberOrNull('oldest'),
    slots: number('slots'),
    table:
      row['persistence'] == null
        ? null
        : {
            persistence: String(row['persistence']),
            autovacuum: row['table_autovacuum'] === true,
            pages: number('pages'),
            live: number('live'),
            dead: number('dead'),
          },
  };
}
