import { dropSchemaSql, SqlServerStore, schemaSql } from '@idem/sqlserver';
import { createDialect, migration } from '@idem/sqlserver/kysely';
import { Kysely } from 'kysely';
import { describe, expect, test } from 'vitest';

// Never connected to: what is refused is refused before anything is sent.
const config = { server: '127.0.0.1', options: { port: 1, encrypt: false } };
const db = new Kysely<unknown>({ dialect: createDialect(config) });
const store = new SqlServerStore({ db });
const misspelt = JSON.parse('{"timeuot":500}');
const named = /"timeuot".*|.*must be of these names/;

describe('a misspelt option is refused by name, where it is given to', () => {
  test.each([
    ['new SqlServerStore', () => new SqlServerStore({ db, ...misspelt })],
    ['createDialect', () => createDialect(config, misspelt)],
    ['schemaSql', () => schemaSql(misspelt)],
    ['dropSchemaSql', () => dropSchemaSql(misspelt)],
    ['migration', () => migration(misspelt)],
    ['startPurging', () => store.startPurging(misspelt)],
  ])('%s', (_, give) => {
    expect(give).toThrow(
      expect.objectContaining({
        code: 'IDEM_INVALID_OPTIONS',
        message: expect.stringMatching(named),
      }),
    );
  });

  test.each([
    ['SqlServerStore.connect', () => SqlServerStore.connect(config, misspelt)],
    ['purgeExpired', () => store.purgeExpired(misspelt)],
  ])('%s', async (_, give) => {
    await expect(give()).rejects.toMatchObject({ code: 'IDEM_INVALID_OPTIONS' });
  });
});

test.each([
  { poolSize: 0 },
  { timeout: -1 },
  { table: 'a table; DROP' },
  { schema: '' },
  { transactions: {} },
])('connect refuses %j before it opens anything', async (options) => {
  let opened = false;
  const source = () => {
    opened = true;
    return config;
  };
  // @ts-expect-error: what a JavaScript caller could do
  await expect(SqlServerStore.connect(source, options)).rejects.toMatchObject({
    code: 'IDEM_INVALID_OPTIONS',
  });
  expect(opened).toBe(false);
});

test.each([{ max: 0 }, { max: 1.5 }, { min: -1 }])('a pool of size %j is refused', (size) => {
  expect(() => createDialect(config, size)).toThrow(
    expect.objectContaining({ code: 'IDEM_INVALID_OPTIONS' }),
  );
});

test.each([
  ['nothing', undefined],
  ['no Kysely instance', { db: {} }],
  ['a pool without transactions', { pool: { send: () => {}, placeholder: () => '' } }],
])('a store on %s is refused', (_, options) => {
  // @ts-expect-error: what a JavaScript caller could do
  expect(() => new SqlServerStore(options)).toThrow(
    expect.objectContaining({ code: 'IDEM_INVALID_OPTIONS' }),
  );
});
