import { randomBytes } from 'node:crypto';
import { createToken } from '@idem/core';
import { grantSql, SqlServerStore } from '@idem/sqlserver';
import { createDialect } from '@idem/sqlserver/kysely';
import { CompiledQuery, Kysely } from 'kysely';
import { expect, test, vi } from 'vitest';
import { procedures } from '../src/schema/procedures/index.ts';
import { configOf } from './support/config.ts';
import { type Address, urlOf } from './support/server.ts';
import { describeWithTable } from './support/table.ts';

test('a role may execute each procedure, and is granted nothing else', () => {
  const grants = grantSql({ role: 'app', schema: 's', table: 'T' }).match(/^GRANT .*$/gm);
  expect(grants).toEqual(
    procedures.map(({ name }) => `GRANT EXECUTE ON [s].[T_${name}_1] TO [app];`),
  );
});

test.each(['', 'a]b', "a'b", 7])('the role %j is refused', (role) => {
  // @ts-expect-error: what a JavaScript caller could do
  const grant = () => grantSql({ role });
  expect(grant).toThrow(expect.objectContaining({ code: 'IDEM_INVALID_OPTIONS' }));
});

describeWithTable('a login that may only execute', (at) => {
  test('finds the schema complete, and is refused where it is not', async () => {
    const user = `idem_${randomBytes(4).toString('hex')}`;
    const role = `${user}_role`;
    const password = `Idem_${randomBytes(8).toString('hex')}`;
    await at.query(`CREATE LOGIN ${user} WITH PASSWORD = '${password}'`);
    await at.query(`CREATE USER ${user} FOR LOGIN ${user}`);
    await at.query(grantSql({ role, table: at.table }));
    await at.query(`ALTER ROLE ${role} ADD MEMBER ${user}`);
    const address = { ...at.address, user, password };
    const store = await SqlServerStore.connect(urlOf(address, at.table, { timeout: 60_000 }));
    await expect(store.ensureSchema()).resolves.toBeUndefined();
    // Babelfish has a procedure run by the rights of whoever calls it, down to the table.
    const [server] = await at.query<{ babelfish: unknown }>(
      "SELECT SERVERPROPERTY('Babelfish') AS babelfish",
    );
    await (server?.babelfish === null
      ? everyOperation(store)
      : expect(store.exists('any')).rejects.toMatchObject({
          message: expect.stringContaining('EXECUTE'),
        }));
    await expect(selectAs(address, at.table)).rejects.toThrow(/denied/);
    await store.close();

    const missing = await SqlServerStore.connect(
      urlOf(address, `${at.table}_missing`, { timeout: 60_000 }),
    );
    await expect(missing.ensureSchema()).rejects.toMatchObject({
      code: 'IDEM_STORE_FAILED',
      retryable: false,
    });
    await missing.close();
    for (const { name } of procedures) {
      await at.query(`REVOKE EXECUTE ON [dbo].[${at.table}_${name}_1] FROM ${role}`);
    }
    await at.query(`DROP USER ${user}`);
    await at.query(`DROP ROLE ${role}`);
    // The server needs a moment to notice that its sessions are gone (15434).
    await vi.waitFor(() => at.query(`DROP LOGIN ${user}`), { timeout: 30_000, interval: 200 });
  });
});

/** Each procedure once. */
async function everyOperation(store: SqlServerStore): Promise<void> {
  const [token, value, time] = [createToken(), new Uint8Array([1]), 60_000];
  await store.claim('a', { token, lease: time });
  await expect(store.renew('a', token, time)).resolves.toBe(true);
  await expect(store.complete('a', token, value, time)).resolves.toBe(true);
  await expect(store.find('a')).resolves.toEqual(value);
  await store.claim('b', { token, lease: time });
  await expect(store.release('b', token)).resolves.toBe(true);
  await store.store('c', value, time);
  await expect(store.exists('c')).resolves.toBe(true);
  await store.remove('c');
  await expect(store.inspect('c')).resolves.toMatchObject({ state: 'vacant' });
  await expect(store.purgeExpired()).resolves.toBe(0);
  await expect(store.purgeBacklog()).resolves.toEqual({ rows: 0, overdue: 0 });
}

/** Reads the table itself. */
async function selectAs(address: Address, table: string): Promise<void> {
  const db = new Kysely<unknown>({ dialect: createDialect(configOf(address), { max: 1 }) });
  try {
    await db.executeQuery(CompiledQuery.raw(`SELECT COUNT(*) AS n FROM dbo.${table}`));
  } finally {
    await db.destroy();
  }
}
