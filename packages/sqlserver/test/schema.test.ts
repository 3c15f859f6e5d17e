import { readdir, readFile } from 'node:fs/promises';
import { dropSchemaSql, schemaSql } from '@idem/sqlserver';
import { migration } from '@idem/sqlserver/kysely';
import type { Migration } from 'kysely/migration';
import { expect, test } from 'vitest';
import { frozenFiles, schemaFile } from '../scripts/schema-file.ts';
import { procedures } from '../src/schema/procedures/index.ts';

// What is in somebody's database stays as it is: a new text needs a new generation (names.ts), and a
// new column a new step (table.ts).
test.each([...frozenFiles()])('%s is as it was frozen', async (name, text) => {
  const file = await readFile(new URL(`../schema/${name}`, import.meta.url), 'utf8');
  expect(text).toBe(file);
});

test('no step and no generation that was frozen is gone', async () => {
  const files = await readdir(new URL('../schema/', import.meta.url));
  const steps = files.filter((name) => name.startsWith('step-'));
  const generations = files.filter((name) => name.startsWith('generation-'));
  const current = [...frozenFiles().keys()];
  expect(current).toEqual(expect.arrayContaining(steps));
  expect(current).toContain(generations.toSorted().at(-1));
});

test('each procedure states its isolation level before it reads or writes', () => {
  const text = schemaSql();
  const bodies = text.split('CREATE PROCEDURE').slice(1);
  expect(bodies).toHaveLength(procedures.length);
  for (const body of bodies) {
    const level = body.indexOf('SET TRANSACTION ISOLATION LEVEL READ COMMITTED;');
    expect(level).toBeGreaterThan(0);
    expect(level).toBeLessThan(body.search(/SYSUTCDATETIME|FROM|UPDATE|INSERT|DELETE/));
  }
});

test('the purge lets a caller win a deadlock', () => {
  expect(schemaSql().split('CREATE PROCEDURE [dbo].[IdempotencyStore_Purge_1]').at(1)).toContain(
    'SET DEADLOCK_PRIORITY LOW;',
  );
});

// Refused under READ_COMMITTED_SNAPSHOT otherwise (Table Hints, READPAST).
test('what steps over locked rows reads with locks, whatever the database is set to', () => {
  const hints = schemaSql().match(/WITH \([^)]*READPAST[^)]*\)/g);
  expect(hints).toEqual([
    'WITH (ROWLOCK, READPAST, READCOMMITTEDLOCK)',
    'WITH (READPAST, READCOMMITTEDLOCK)',
  ]);
});

test('the script states the options that procedures keep, whoever applies it', () => {
  expect(schemaSql()).toMatch(/^SET QUOTED_IDENTIFIER ON; SET ANSI_NULLS ON;/);
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
