import { createToken } from '@idem/core';
import { dropSchemaSql, PostgresStore } from '@idem/postgres';
import pg from 'pg';
import { expect, test } from 'vitest';
import { describeWithTable } from '../support/table.ts';
import { PATIENT } from '../support/url.ts';

const LEASE = 600_000;
const value = new Uint8Array([1]);

/** What takes exactly the types that one might write, where PostgreSQL's own takes others. */
const OPERATORS = [
  ['*', 'bigint', 'interval', 'interval'],
  ['*', 'numeric', 'integer', 'numeric'],
  ['*', 'numeric', 'bigint', 'numeric'],
  ['/', 'bigint', 'numeric', 'numeric'],
  ['-', 'numeric', 'bigint', 'numeric'],
  ['||', 'bytea', 'text', 'bytea'],
  ['=', 'text', 'varchar', 'boolean'],
  ['<', 'timestamptz', 'text', 'boolean'],
] as const;
const FUNCTIONS = [
  ['concat', 'integer, text, numeric', 'text'],
  ['convert_to', 'text, text', 'bytea'],
  ['hashtextextended', 'text, integer', 'bigint'],
  ['ceil', 'bigint', 'bigint'],
  ['int8send', 'integer', 'bytea'],
  ['set_config', 'text, text, text', 'text'],
] as const;

describeWithTable('a schema in the search_path where somebody else may create', (at) => {
  test('has nothing that the store would call', async () => {
    const schema = `${at.table}_theirs`;
    const trap = (name: string, takes: string, gives: string): string =>
      `CREATE FUNCTION ${schema}.${name}(${takes}) RETURNS ${gives} LANGUAGE plpgsql AS $$ BEGIN RAISE 'called'; END $$;`;
    const operators = OPERATORS.map(
      ([operator, left, right, gives], i) =>
        `${trap(`trap_${i}`, `${left}, ${right}`, gives)}
        CREATE OPERATOR ${schema}.${operator} (LEFTARG = ${left}, RIGHTARG = ${right}, FUNCTION = ${schema}.trap_${i});`,
    );
    await at.query(`CREATE SCHEMA ${schema};
      ${operators.join('\n')}
      ${FUNCTIONS.map(([name, takes, gives]) => trap(name, takes, gives)).join('\n')}`);
    const pool = new pg.Pool({ connectionString: at.server, options: `-c search_path=${schema}` });
    const table = `${at.table}_own`;
    const store = new PostgresStore<pg.PoolClient>({ pool, table, timeout: PATIENT });
    await expect(pool.query(`SELECT 1::bigint * interval '1 ms'`)).rejects.toThrow('called');
    await store.ensureSchema();

    const token = createToken();
    const claimed = await store.claim('key', { token, lease: LEASE, fingerprint: 'f' });
    expect(claimed).toMatchObject({ outcome: 'acquired' });
    const other = { token: createToken(), lease: LEASE };
    await expect(store.claim('key', other)).resolves.toMatchObject({ outcome: 'in-progress' });
    await expect(store.inspect('key')).resolves.toMatchObject({ state: 'claimed' });
    await expect(store.renew('key', token, LEASE)).resolves.toBe(true);
    const client = await pool.connect();
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    const inside = store.inTransaction(client);
    await expect(inside.hold('key', token, LEASE)).resolves.toBe('held');
    await expect(inside.complete('key', token, value, LEASE)).resolves.toBe(true);
    await expect(inside.find('key')).resolves.toEqual(value);
    await client.query('COMMIT');
    client.release();
    const replayed = { outcome: 'completed', fingerprint: 'f', value };
    await expect(store.claim('key', other)).resolves.toEqual(replayed);
    await store.remove('key');
    await store.store('key', value, LEASE);
    await store.purgeExpired();
    await store.diagnose();

    await pool.end();
    await at.query(`DROP SCHEMA ${schema} CASCADE; ${dropSchemaSql({ table })}`);
  });

  test('nor has one client, whose statements the server ends', async () => {
    const schema = `${at.table}_client`;
    await at.query(`CREATE SCHEMA ${schema};
      CREATE FUNCTION ${schema}.set_config(text, text, boolean) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE 'called'; END $$`);
    const client = new pg.Client({ connectionString: at.server });
    await client.connect();
    await client.query(`SET search_path = ${schema}`);
    const store = new PostgresStore({ pool: client, table: at.table, timeout: PATIENT });
    const request = { token: createToken(), lease: LEASE };
    await expect(store.claim('client', request)).resolves.toMatchObject({ outcome: 'acquired' });
    await client.end();
    await at.query(`DROP SCHEMA ${schema} CASCADE`);
  });
});
