import { createToken } from '@idem/core';
import { grantSql, PostgresStore } from '@idem/postgres';
import { expect, test } from 'vitest';
import { describeWithTable } from './support/table.ts';

test.each(['', 'a"b', "a'b", 7])('the role %j is refused', (role) => {
  // @ts-expect-error: what a JavaScript caller could do
  expect(() => grantSql({ role })).toThrow(
    expect.objectContaining({ code: 'IDEM_INVALID_OPTIONS' }),
  );
});

describeWithTable('a role', (at) => {
  test('with the rights of grantSql does every operation, and nothing else', async () => {
    const role = `${at.table}_app`;
    await at.query(grantSql({ role, table: at.table }));
    await at.query(`ALTER ROLE ${role} LOGIN`);
    const url = new URL(at.server);
    url.username = role;
    const store = await PostgresStore.connect(url, { table: at.table, timeout: 60_000 });
    await expect(store.ensureSchema()).resolves.toBeUndefined();
    const token = createToken();
    await store.claim('k', { token, lease: 600_000 });
    await expect(store.renew('k', token, 600_000)).resolves.toBe(true);
    await expect(store.complete('k', token, new Uint8Array([1]), 600_000)).resolves.toBe(true);
    await expect(store.find('k')).resolves.toEqual(new Uint8Array([1]));
    await store.store('k', new Uint8Array([2]), 600_000);
    await store.remove('k');
    await store.claim('k', { token, lease: 600_000 });
    await expect(store.release('k', token)).resolves.toBe(true);
    await expect(store.purgeExpired()).resolves.toBe(0);
    await store.close();

    const elsewhere = { schema: `${at.table}_none` };
    const missing = await PostgresStore.connect(url, { ...elsewhere, timeout: 60_000 });
    await expect(missing.ensureSchema()).rejects.toMatchObject({
      code: 'IDEM_STORE_FAILED',
      message: expect.stringContaining('42501'),
    });
    await missing.close();
    await at.query(`DROP OWNED BY ${role}`);
    await at.query(`DROP ROLE ${role}`);
  });

  test('without them is told which it lacks', async () => {
    const role = `${at.table}_none`;
    await at.query(`CREATE ROLE ${role} LOGIN`);
    const url = new URL(at.server);
    url.username = role;
    const store = await PostgresStore.connect(url, { table: at.table, timeout: 60_000 });
    await expect(store.exists('k')).rejects.toMatchObject({
      code: 'IDEM_STORE_FAILED',
      retryable: false,
      message: expect.stringContaining('grantSql'),
    });
    await store.close();
    await at.query(`DROP ROLE ${role}`);
  });
});
