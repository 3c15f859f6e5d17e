import { SqlServerStore } from '@idem/sqlserver';
import { createDialect } from '@idem/sqlserver/kysely';
import { Kysely } from 'kysely';
import { describe, expect, test } from 'vitest';

// Such as a variable of the environment that is not set. Where kysely, tarn and tedious are not
// installed either, it is this that is told, and not what to install.
const wrong: readonly (readonly [what: string, given: unknown])[] = [
  ['undefined', undefined],
  ['null', null],
  ['a number', 42],
  ['a configuration of no server', { options: { port: 1433 } }],
  ['a configuration whose server is no text', { server: new URL('sqlserver://localhost') }],
];
const refusal = expect.objectContaining({
  code: 'IDEM_INVALID_OPTIONS',
  message: expect.stringMatching(/configuration.*; it was/),
  retryable: false,
});

describe.each(wrong)('%s is no server', (_, given) => {
  test('to connect', async () => {
    await expect(Reflect.apply(SqlServerStore.connect, SqlServerStore, [given])).rejects.toEqual(
      refusal,
    );
  });

  test('to createDialect', () => {
    expect(() => Reflect.apply(createDialect, undefined, [given])).toThrow(refusal);
  });

  test('from a function that gives the configuration of each connection', async () => {
    const source = () => given;
    await expect(Reflect.apply(SqlServerStore.connect, SqlServerStore, [source])).rejects.toEqual(
      refusal,
    );
    const db = new Kysely<unknown>({
      dialect: Reflect.apply(createDialect, undefined, [source]),
    });
    await expect(new SqlServerStore({ db }).find('key')).rejects.toEqual(refusal);
    await db.destroy();
  });
});

test('a URL given to createDialect is refused, and not repeated: it may have a password', () => {
  const create = () => Reflect.apply(createDialect, undefined, ['sqlserver://sa:secret@localhost']);
  expect(create).toThrow(refusal);
  expect(create).not.toThrow(/secret/);
});
