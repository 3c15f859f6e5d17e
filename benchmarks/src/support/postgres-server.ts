import { findPostgres, type PostgresServer } from '@idem-workspace/test-servers/postgres';
import { Pool } from 'pg';

export const CALLERS = 8;

/** The tests' server, and a pool that all contestants share; ends this process where there is none. */
export async function postgresForBenchmarks(): Promise<{ server: PostgresServer; pool: Pool }> {
  const server = await findPostgres();
  if ('absent' in server) {
    console.log(`Not run: ${server.absent}`);
    process.exit(0);
  }
  const pool = new Pool({ connectionString: server.url, max: CALLERS });
  pool.on('error', () => {});
  const { rows } = await pool.query(
    "SELECT current_setting('server_version') AS version, current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit",
  );
  const { version, fsync, commit } = rows[0];
  console.log(
    `${server.description}: PostgreSQL ${version}, fsync ${fsync}, synchronous_commit ${commit}`,
  );
  return { server, pool };
}
