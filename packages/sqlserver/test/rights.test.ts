import { randomBytes } from 'node:crypto';
import { grantSql, SqlServerStore } from '@idem/sqlserver';
import { expect, test } from 'vitest';
import { procedures } from '../src/schema/procedures/index.ts';
import { urlOf } from './support/server.ts';
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
    const password = `Idem_${randomBytes(8).toString('hex')}`;
    await at.query(`CREATE LOGIN ${user} WITH PASSWORD = '${password}'`);
    await at.query(`CREATE USER ${user} FOR LOGIN ${user}`);
    await at.query(grantSql({ role: user, table: at.table }));
    const address = { ...at.address, user, password };
    const store = await SqlServerStore.connect(urlOf(address, at.table, { timeout: 60_000 }));
    await expect(store.ensureSchema()).resolves.toBeUndefined();
    // Babelfish has a procedure run by the rights of whoever calls it, down to the table.
    const [server] = await at.query<{ babelfish: unknown }>(
      "SELECT SERVERPROPERTY('Babelfish') AS babelfish",
    );
    const exists = store.exists('any');
    await (server?.babelfish === null
      ? expect(exists).resolves.toBe(false)
      : expect(exists).rejects.toMatchObject({ message: expect.stringContaining('EXECUTE') }));
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
      await at.query(`REVOKE EXECUTE ON [dbo].[${at.table}_${name}_1] FROM ${user}`);
    }
    await at.query(`DROP USER ${user}`);
    await at.query(`DROP LOGIN ${user}`);
  });
});
