import { randomBytes } from 'node:crypto';
import { SqlServerStore } from '@idem/sqlserver';
import { createDialect } from '@idem/sqlserver/kysely';
import { configOf, findServer } from '@idem-workspace/test-servers/sqlserver';
import { CompiledQuery, Kysely } from 'kysely';
import type { Backend } from './backend.ts';

/** Few, so that transactions meet, and lock each other out. */
const ACCOUNTS = 4;

/** A TDS server with a table of its own, a ledger beside it and accounts; or why there is none. */
export async function sqlserverBackend(): Promise<Backend | { readonly absent: string }> {
  const server = await findServer();
  if ('absent' in server) return server;
  const table = `Idem_${randomBytes(6).toString('hex')}`;
  const db = new Kysely<unknown>({ dialect: createDialect(configOf(server)) });
  await new SqlServerStore({ db, table, timeout: 60_000 }).ensureSchema();
  const query = <R>(text: string, parameters: readonly unknown[] = []) =>
    db.executeQuery<R>(CompiledQuery.raw(text, [...parameters]));
  // No unique key: it takes the same effect twice without complaint.
  await query(
    `CREATE TABLE dbo.${table}_ledger (Story NVARCHAR(50) NOT NULL, Execution NVARCHAR(200) NOT NULL)`,
  );
  await query(`CREATE TABLE dbo.${table}_accounts (Id INT PRIMARY KEY, Balance INT NOT NULL)`);
  for (let id = 0; id < ACCOUNTS; id++) {
    await query(`INSERT INTO dbo.${table}_accounts VALUES (@1, 0)`, [id]);
  }
  const { user, password, database, encrypt } = server;
  return {
    description: `SQL Server: ${server.description}`,
    host: server.host,
    port: server.port,
    withTransactions: true,
    // On Babelfish the first claim of a connection takes two seconds of a busy machine.
    leases: [700, 1_000, 2_000],
    storiesAtOnce: 16,
    faultsEvery: 1_200,
    clientOf: (address) => ({
      kind: 'sqlserver',
      address: { ...address, user, password, database, encrypt },
      table,
    }),
    effectsOf: async (story) => {
      const text = `SELECT Execution FROM dbo.${table}_ledger WHERE Story = @1`;
      const { rows } = await query<{ readonly Execution: string }>(text, [story]);
      return rows.map((row) => row.Execution);
    },
    stop: async () => {
      await db.destroy();
      await server.stop();
    },
  };
}
