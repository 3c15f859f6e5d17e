/** PostgreSQL servers for tests and benchmarks: whichever there is, or private clusters on free ports. */

export { type Binaries, postgresBinaries } from './postgres/binaries.ts';
export {
  type ClusterOptions,
  PostgresCluster,
  type Settings,
  type StandbyOptions,
} from './postgres/cluster.ts';
export { createDatabase, type DatabaseOptions, dropDatabase } from './postgres/databases.ts';
export {
  findPostgres,
  type NoServer,
  ownPostgres,
  type PostgresServer,
} from './postgres/find-server.ts';
export { PgBouncer, type PgBouncerOptions } from './postgres/pgbouncer.ts';
export { type PgBouncerBinary, pgBouncerBinary } from './postgres/pgbouncer-binary.ts';
export { until } from './shared/until.ts';
