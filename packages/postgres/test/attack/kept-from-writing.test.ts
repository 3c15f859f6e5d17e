import { createToken } from '@idem/core';
import { expect, test } from 'vitest';
import { describeWithTable } from '../support/table.ts';

const LEASE = 600_000;
const value = new Uint8Array([1]);
const kept = { code: 'IDEM_STORE_FAILED', message: expect.stringContaining('IDM02') };

describeWithTable('a trigger that lets no row be written', (at) => {
  const during = async (event: 'INSERT' | 'UPDATE', work: () => Promise<void>): Promise<void> => {
    await at.query(
      `CREATE FUNCTION ${at.table}_skip() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`,
    );
    await at.query(
      `CREATE TRIGGER skip BEFORE ${event} ON ${at.table} FOR EACH ROW EXECUTE FUNCTION ${at.table}_skip()`,
    );
    await work();
    await at.query(`DROP FUNCTION ${at.table}_skip CASCADE`);
  };

  test('a claim or a store that is not inserted is refused, and does not loop in the server', async () => {
    const store = await at.open();
    await during('INSERT', async () => {
      const claimed = store.claim('new', { token: createToken(), lease: LEASE });
      await expect(claimed).rejects.toMatchObject(kept);
      await expect(store.store('new', value, LEASE)).rejects.toMatchObject(kept);
    });
  });

  test('what is not updated is not told as done', async () => {
    const store = await at.open();
    const [token, other] = [createToken(), createToken()];
    await store.claim('held', { token, lease: LEASE });
    await store.claim('vacant', { token: other, lease: LEASE });
    await store.release('vacant', other);
    // Another row that is damaged is no reason to call this one so.
    await store.store('damaged', value, LEASE);
    await at.query(`UPDATE ${at.table} SET value_crc32 = NULL WHERE key = 'damaged'`);
    await during('UPDATE', async () => {
      const claimed = store.claim('vacant', { token, lease: LEASE });
      await expect(claimed).rejects.toMatchObject(kept);
      const again = store.claim('held', { token, lease: LEASE });
      await expect(again).rejects.toMatchObject(kept);
      await expect(store.renew('held', token, LEASE)).rejects.toMatchObject(kept);
      await expect(store.complete('held', token, value, LEASE)).rejects.toMatchObject(kept);
      await expect(store.release('held', token)).rejects.toMatchObject(kept);
      await expect(store.remove('held')).rejects.toMatchObject(kept);
      await expect(store.store('held', value, LEASE)).rejects.toMatchObject(kept);
      const corrupt = { code: 'IDEM_RECORD_CORRUPT' };
      await expect(store.store('damaged', value, LEASE)).rejects.toMatchObject(corrupt);
    });
    await expect(store.complete('held', token, value, LEASE)).resolves.toBe(true);
  });
});
