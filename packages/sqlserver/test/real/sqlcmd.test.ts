import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createToken } from '@idem/core';
import { dropSchemaSql, SqlServerStore, schemaSql } from '@idem/sqlserver';
import { createDialect } from '@idem/sqlserver/kysely';
import { Kysely } from 'kysely';
import { Connection, Request } from 'tedious';
import { expect, test } from 'vitest';
import { procedures } from '../../src/schema/procedures/index.ts';
import { configOf } from '../support/config.ts';
import { describeOnRealServer } from '../support/real-server.ts';
import type { Address } from '../support/server.ts';

const run = promisify(execFile);
const value = new Uint8Array([1]);
/** Milliseconds for the whole script, on a busy machine. */
const PATIENCE = 120_000;

/** Runs a file with sqlcmd; null where there is none on the PATH. */
async function sqlcmd(address: Address, file: string): Promise<string | null> {
  const { host, port, user, password, database } = address;
  const args = ['-S', `${host},${port}`, '-U', user, '-d', database, '-C', '-b', '-i', file];
  try {
    return (await run('sqlcmd', args, { env: { ...process.env, SQLCMDPASSWORD: password } }))
      .stdout;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

function procedureNames(table: string): string {
  return `SELECT name FROM sys.procedures WHERE name LIKE '${table}%'`;
}

/** As one batch, on a session whose options are those of sqlcmd. */
function sendAsSqlcmd(address: Address, batch: string): Promise<void> {
  const config = configOf(address);
  const wrong = { enableQuotedIdentifier: false, enableAnsiNull: false };
  const options = { ...config.options, ...wrong, requestTimeout: PATIENCE };
  const connection = new Connection({ ...config, options });
  return new Promise<void>((resolve, reject) => {
    const done = (error?: Error | null): void => (error ? reject(error) : resolve());
    connection.connect((error) => {
      if (error) reject(error);
      else connection.execSqlBatch(new Request(batch, done));
    });
  }).finally(() => connection.close());
}

describeOnRealServer('the script, applied by sqlcmd or with its options,', {}, (at) => {
  const check = async (table: string): Promise<void> => {
    const modules = await at.query(
      `SELECT uses_quoted_identifier AS q, uses_ansi_nulls AS n FROM sys.sql_modules m JOIN sys.procedures p ON p.object_id = m.object_id WHERE p.name LIKE '${table}%'`,
    );
    expect(modules).toEqual(Array(procedures.length).fill({ q: true, n: true }));
    // What makes every write of a procedure without them fail (1934).
    await at.query(`CREATE INDEX IX_of_somebody ON dbo.${table} (Fence) WHERE State = 'claimed'`);
    const store = new SqlServerStore({ db: at.db, table, timeout: 60_000 });
    const token = createToken();
    await store.claim('key', { token, lease: 600_000 });
    await expect(store.renew('key', token, 600_000)).resolves.toBe(true);
    await expect(store.complete('key', token, value, 600_000)).resolves.toBe(true);
    await store.store('other', value, 600_000);
    await store.remove('other');
    await expect(store.purgeExpired()).resolves.toBe(0);
    await at.query(dropSchemaSql({ table }));
  };

  test('makes procedures that keep the right options, where the session has the wrong ones', async () => {
    const table = `${at.table}_options`;
    await sendAsSqlcmd(at.address, schemaSql({ table }));
    await check(table);
  });

  test('leaves no procedure with the wrong options, sent as drivers send it on such a session', async () => {
    const table = `${at.table}_driver`;
    const config = configOf(at.address);
    const options = { ...config.options, enableQuotedIdentifier: false, requestTimeout: PATIENCE };
    const db = new Kysely<unknown>({
      dialect: createDialect({ ...config, options }, { max: 1 }),
    });
    const made = await new SqlServerStore({ db, table }).ensureSchema().then(
      () => true,
      (error: unknown) => {
        expect(error).toMatchObject({ code: 'IDEM_STORE_FAILED', retryable: false });
        return false;
      },
    );
    await db.destroy();
    if (made) await check(table);
    else await expect(at.query(procedureNames(table))).resolves.toEqual([]);
  });

  test('is taken by sqlcmd itself', async ({ skip }) => {
    const table = `${at.table}_sqlcmd`;
    const folder = await mkdtemp(join(tmpdir(), 'idem-sqlcmd-'));
    const file = join(folder, 'schema.sql');
    await writeFile(file, schemaSql({ table }));
    const said = await sqlcmd(at.address, file);
    await rm(folder, { recursive: true });
    if (said === null) skip('there is no sqlcmd on the PATH');
    await check(table);
  });
});
