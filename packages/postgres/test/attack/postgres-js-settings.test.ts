import { createToken } from '@idem/core';
import { PostgresStore } from '@idem/postgres';
import postgres, { type TransactionSql } from 'postgres';
import { expect, test } from 'vitest';
import { describeWithTable } from '../support/table.ts';

const LEASE = 600_000;
/** Bytes that the escape format of bytea writes each in its own way. */
const value = new Uint8Array([0, 39, 92, 120, 127, 128, 255]);

type Options = postgres.Options<Record<string, never>>;
const { camel, pascal, kebab, toCamel } = postgres;
const settings: Readonly<Record<string, Options>> = {
  'transform: camel': { transform: camel },
  'transform: pascal': { transform: pascal },
  'transform: kebab': { transform: kebab },
  'column: toCamel': { transform: { column: toCamel } },
  'values changed': { transform: { value: { from: (read) => read ?? undefined } } },
  'bytea_output = escape': { connection: { bytea_output: 'escape' } },
};

describeWithTable('what an application asks of postgres.js', (at) => {
  test.each(Object.entries(settings))('%s makes no difference', async (name, options) => {
    const sql = postgres(at.server, { ...options, max: 2, onnotice: () => {} });
    const store = new PostgresStore<TransactionSql>({ pool: sql, table: at.table });
    await store.ensureSchema();
    const token = createToken();
    await expect(store.claim(name, { token, lease: LEASE })).resolves.toMatchObject({
      outcome: 'acquired',
    });
    await expect(store.inspect(name)).resolves.toMatchObject({ state: 'claimed', takeover: false });
    await sql.begin(async (tx) => {
      const inside = store.inTransaction(tx);
      await expect(inside.complete(name, token, value, LEASE)).resolves.toBe(true);
      await expect(inside.find(name)).resolves.toEqual(value);
    });
    const other = { token: createToken(), lease: LEASE };
    const replayed = { outcome: 'completed', value, fingerprint: null };
    await expect(store.claim(name, other)).resolves.toEqual(replayed);
    await store.purgeExpired();
    const findings = (await store.diagnose()).map(({ code }) => code);
    const plain = (await (await at.open()).diagnose()).map(({ code }) => code);
    expect(findings).toEqual(plain);
    await sql.end();
  });

  test.each(['DISCARD ALL', 'DEALLOCATE ALL'])(
    'after %s a claim is of its own key',
    async (text) => {
      const sql = postgres(at.server, { max: 1, onnotice: () => {} });
      const store = new PostgresStore({ pool: sql, table: at.table });
      const cycle = async (key: string): Promise<void> => {
        const token = createToken();
        const claimed = await store.claim(key, { token, lease: LEASE });
        expect(claimed).toMatchObject({ outcome: 'acquired' });
        const beside = await (await at.open()).claim(key, { token: createToken(), lease: LEASE });
        expect(beside).toMatchObject({ outcome: 'in-progress' });
        await expect(store.complete(key, token, value, LEASE)).resolves.toBe(true);
        await expect(store.find(key)).resolves.toEqual(value);
      };
      await cycle(`before ${text}`);
      await sql.unsafe(text);
      await cycle(`after ${text}`);
      await sql.unsafe(text);
      await Promise.all(['a', 'b', 'c', 'd'].map((key) => cycle(`${key} after ${text}`)));
      await sql.end();
    },
  );
});
