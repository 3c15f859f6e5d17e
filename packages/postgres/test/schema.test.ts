import { readdir, readFile } from 'node:fs/promises';
import { createToken } from '@idem/core';
import { dropSchemaSql, PostgresStore, schemaSql } from '@idem/postgres';
import { migration } from '@idem/postgres/kysely';
import { CompiledQuery, Kysely, PostgresDialect } from 'kysely';
import type { Migration } from 'kysely/migration';
import pg from 'pg';
import { expect, test } from 'vitest';
import { frozenFiles, schemaFile } from '../scripts/schema-file.ts';
import { describeWithTable } from './support/table.ts';

// What is in somebody's database stays as it is: a new text needs a new generation (names.ts), and a
// new column a new step (table.ts).
test.each([...frozenFiles()])('%s is as it was frozen', async (name, text) => {
  const file = await readFile(new URL(`../schema/${name}`, import.meta.url), 'utf8');
  expect(text).toBe(file);
});

test('no step and no generation that was frozen is gone', async () => {
  const files = await readdir(new URL('../schema/', import.meta.url));
  const current = [...frozenFiles().keys()];
  expect(current).toEqual(expect.arrayContaining(files.filter((name) => name.startsWith('step-'))));
  expect(current).toContain(
    files
      .filter((name) => name.startsWith('generation-'))
      .toSorted()
      .at(-1),
  );
});

test('schema.sql is current', async () => {
  const file = await readFile(new URL('../schema.sql', import.meta.url), 'utf8');
  expect(file, 'run "pnpm --filter @idem/postgres write-schema"').toBe(schemaFile());
});

test('schema and table names reach every object', () => {
  const names = { schema: 'app', table: 'Keys of app' };
  const text = schemaSql(names) + dropSchemaSql(names);
  expect(text).not.toMatch(/public|idempotency_store/);
  expect(text).toContain('"app"."Keys of app_claim_1"');
});

test.each(['', 'a"b', "a'b", 'a\\b', '1a', 'a;b', 'a$b', 'é'.repeat(26), 7])(
  'the name %j is refused',
  (table) => {
    // @ts-expect-error: what a JavaScript caller could do
    expect(() => schemaSql({ table })).toThrow(
      expect.objectContaining({ code: 'IDEM_INVALID_OPTIONS' }),
    );
  },
);

describeWithTable('the schema', (at) => {
  test('is made once by fifty connections at once', async () => {
    const table = `${at.table}_fifty`;
    const pools = Array.from(
      { length: 50 },
      () => new pg.Pool({ connectionString: at.server, max: 1 }),
    );
    const stores = pools.map((pool) => new PostgresStore({ pool, table, timeout: 60_000 }));
    await Promise.all(stores.map((store) => store.ensureSchema()));
    const answers = await Promise.all(
      stores.map((store) => store.claim('k', { token: createToken(), lease: 600_000 })),
    );
    expect(answers.filter(({ outcome }) => outcome === 'acquired')).toHaveLength(1);
    await at.query(dropSchemaSql({ table }));
    await Promise.all(pools.map((pool) => pool.end()));
  });

  test('takes any schema and name, made with the table', async () => {
    const names = { schema: `${at.table} Ö`, table: 'Keys of - app' };
    const store = new PostgresStore({ pool: at.pool, ...names });
    await expect(store.exists('k')).rejects.toMatchObject({ code: 'IDEM_SCHEMA_MISSING' });
    await store.ensureSchema();
    await store.ensureSchema();
    await store.store('k', new Uint8Array([1]), 600_000);
    await expect(store.exists('k')).resolves.toBe(true);
    await at.query(dropSchemaSql(names));
    await at.query(`DROP SCHEMA "${names.schema}"`);
  });

  test('is one statement that psql and every migration tool applies as it is', async () => {
    const table = `${at.table}_applied`;
    await at.query(schemaSql({ table }));
    await at.query(schemaSql({ table }));
    const store = new PostgresStore({ pool: at.pool, table });
    await expect(store.exists('k')).resolves.toBe(false);
    await at.query(dropSchemaSql({ table }));
    await expect(store.exists('k')).rejects.toMatchObject({ code: 'IDEM_SCHEMA_MISSING' });
  });

  test('is a migration of Kysely, which is there whole or not at all', async () => {
    const table = `${at.table}_migrated`;
    const pool = new pg.Pool({ connectionString: at.server, max: 2 });
    const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
    const { up, down } = migration({ table }) satisfies Migration;
    const store = new PostgresStore({ pool, table });
    const failing = db.transaction().execute(async (tx) => {
      await up(tx);
      await tx.executeQuery(CompiledQuery.raw('SELECT 1 / 0'));
    });
    await expect(failing).rejects.toMatchObject({ code: '22012' });
    await expect(store.exists('k')).rejects.toMatchObject({ code: 'IDEM_SCHEMA_MISSING' });
    await db.transaction().execute((tx) => up(tx));
    await expect(store.exists('k')).resolves.toBe(false);
    await db.transaction().execute((tx) => down(tx));
    await expect(store.exists('k')).rejects.toMatchObject({ code: 'IDEM_SCHEMA_MISSING' });
    await db.destroy();
  });
});
