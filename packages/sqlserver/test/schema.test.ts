import { readFile } from 'node:fs/promises';
import { dropSchemaSql, migration, SqlServerStore, schemaSql } from '@idem/sqlserver';
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { expect, test } from 'vitest';
import { schemaFile } from '../scripts/schema-file.ts';
import { calls } from '../src/schema/calls.ts';
import { namesOf } from '../src/schema/names.ts';
import { procedures } from '../src/schema/procedures/index.ts';
import { createProcedure } from '../src/schema/procedures/procedure.ts';
import { createPurgeIndex, createTable } from '../src/schema/table.ts';

const names = namesOf({});

test('the table and its index are what was reviewed', () => {
  expect(createTable(names)).toMatchSnapshot();
  expect(createPurgeIndex(names)).toMatchSnapshot();
});

// A released procedure never changes: a new text needs a new generation, in names.ts.
test.each(procedures.map((p) => [p.name, p] as const))(
  'the procedure %s is what was reviewed',
  (_, p) => {
    expect(createProcedure(names, p)).toMatchSnapshot();
  },
);

test('each operation sends one statement, the same every time', () => {
  expect(calls(names)).toMatchSnapshot();
});

test('schema.sql is current', async () => {
  const file = await readFile(new URL('../schema.sql', import.meta.url), 'utf8');
  expect(file, 'run "pnpm --filter @idem/sqlserver write-schema"').toBe(schemaFile());
});

test('schema and table names reach every object', () => {
  const text =
    schemaSql({ schema: 'app', table: 'Keys' }) + dropSchemaSql({ schema: 'app', table: 'Keys' });
  expect(text).not.toMatch(/dbo|IdempotencyStore/);
  expect(text).toContain('[app].[Keys_Claim_1]');
});

test.each(['', 'a]b', "a'b", 'a"b', '1a', 'a;b', 'a'.repeat(101), 7])(
  'the name %j is refused',
  (table) => {
    expect(() => schemaSql({ table: table as string })).toThrow(
      expect.objectContaining({ code: 'IDEM_INVALID_OPTIONS' }),
    );
  },
);

test('the migration is one that Kysely takes, and sends the same text', async () => {
  const sent: string[] = [];
  const taken = migration() satisfies Migration;
  await taken.up({
    executeQuery: async ({ sql }) => {
      sent.push(sql);
    },
  });
  await taken.down({
    executeQuery: async ({ sql }) => {
      sent.push(sql);
    },
  });
  expect(sent).toEqual([schemaSql(), dropSchemaSql()]);
});

test('a store without a database is refused', () => {
  expect(() => new SqlServerStore({ db: {} as Kysely<unknown> })).toThrow(
    expect.objectContaining({ code: 'IDEM_INVALID_OPTIONS' }),
  );
});
