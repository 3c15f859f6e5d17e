import { randomBytes } from 'node:crypto';
import { createToken } from '@idem/core';
import { SqlServerStore } from '@idem/sqlserver';
import { createDialect } from '@idem/sqlserver/kysely';
import { Kysely } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { configOf } from '../support/config.ts';
import { describeOnRealServer } from '../support/real-server.ts';

const OPTIONS = { notOnBabelfish: 'which has one collation for its databases' };
const KEYS = [
  'key',
  'KEY',
  'key ',
  'i',
  'I',
  'ı',
  'İ',
  'é',
  'e\u0301',
  'ß',
  'ss',
  '😀',
  '😁',
  'a\0',
];

describeOnRealServer('in a database', OPTIONS, (at) => {
  test.for([
    'Latin1_General_100_BIN2',
    'Latin1_General_100_CS_AS_SC',
    'Turkish_100_CI_AS_SC',
    'Turkish_100_CS_AS',
    'Latin1_General_100_CI_AS_SC_UTF8',
  ])(
    'of collation %s, the schema is made and keys are compared byte for byte',
    async (collation, { skip }) => {
      const [server] = await at.query<{ major: number }>(
        "SELECT CAST(SERVERPROPERTY('ProductMajorVersion') AS INT) AS major",
      );
      if (collation.endsWith('UTF8') && Number(server?.major) < 15) {
        skip('UTF-8 came with SQL Server 2019');
      }
      const database = `Idem_${randomBytes(4).toString('hex')}`;
      await at.query(`CREATE DATABASE ${database} COLLATE ${collation}`);
      const db = new Kysely<unknown>({
        dialect: createDialect(configOf({ ...at.address, database }), { max: 4 }),
      });
      onTestFinished(async () => {
        await db.destroy();
        await at.query(`ALTER DATABASE ${database} SET SINGLE_USER WITH ROLLBACK IMMEDIATE`);
        await at.query(`DROP DATABASE ${database}`);
      });
      const store = new SqlServerStore({ db, timeout: 60_000 });
      await store.ensureSchema();
      await store.ensureSchema();
      const held = await Promise.all(
        KEYS.map(async (key, n) => {
          const [token, fingerprint] = [createToken(), n % 2 === 0 ? 'ı' : 'I'];
          const claimed = await store.claim(key, {
            token,
            lease: 600_000,
            fingerprint: hex(fingerprint),
          });
          expect(claimed.outcome).toBe('acquired');
          return { key, token, value: new TextEncoder().encode(`${n} é😀`) };
        }),
      );
      for (const { key, token, value } of held) {
        await expect(store.renew(key, token, 600_000)).resolves.toBe(true);
        await expect(store.complete(key, token, value, 600_000)).resolves.toBe(true);
      }
      for (const { key, value } of held) await expect(store.find(key)).resolves.toEqual(value);
      await store.remove('key');
      await expect(store.exists('KEY')).resolves.toBe(true);
      await expect(store.inspect('i')).resolves.toMatchObject({ state: 'completed' });
      await expect(store.purgeExpired()).resolves.toBe(0);
    },
  );
});

function hex(text: string): string {
  return Buffer.from(text).toString('hex');
}
