import { createToken } from '@idem/core';
import { dropSchemaSql, SqlServerStore } from '@idem/sqlserver';
import { migration } from '@idem/sqlserver/kysely';
import { expect, test } from 'vitest';
import { kyselyPool } from '../src/client/kysely.ts';
import { faults } from '../src/faults/fault.ts';
import { type Names, namesOf } from '../src/schema/names.ts';
import { renew } from '../src/schema/procedures/holder.ts';
import { procedures } from '../src/schema/procedures/index.ts';
import { createSchema, type SchemaParts } from '../src/schema/schema-sql.ts';
import { type TableStep, tableSteps } from '../src/schema/table.ts';
import { SqlOperations } from '../src/sql-operations.ts';
import { describeWithTable } from './support/table.ts';

/** A later version that was made up: a column, and a renewal that writes it. */
const step: TableStep = {
  missing: ({ quotedTable }) => `COL_LENGTH(N'${quotedTable}', N'Note') IS NULL`,
  take: ({ quotedTable }) => `ALTER TABLE ${quotedTable} ADD Note NVARCHAR(20) NULL;`,
};
const noting = {
  ...renew,
  body: (names: Names) =>
    `UPDATE ${names.quotedTable} SET Note = N'renewed by 2' WHERE KeyHash = @KeyHash;
  ${renew.body(names)}`,
};
const later: SchemaParts = {
  steps: [...tableSteps, step],
  procedures: procedures.map((procedure) => (procedure === renew ? noting : procedure)),
};
const value = new Uint8Array([1]);
const LEASE = 600_000;

class Generation extends SqlOperations {
  readonly supports = {
    durability: { promised: true },
    sharing: { promised: true },
    wakeUp: { promised: false, reason: 'a test' },
  } as const;
  protected override async doClose(): Promise<void> {}
}

describeWithTable('two versions of the library on one table', (at) => {
  const versions = (table: string) => {
    const open = (generation: number): Generation => {
      const names = namesOf({ table }, generation);
      return new Generation({
        channel: kyselyPool(at.db),
        names,
        faults,
        timeout: 60_000,
        repeat: true,
      });
    };
    return { old: open(1), young: open(2) };
  };
  const notes = async (table: string): Promise<unknown[]> =>
    (await at.query<{ Note: unknown }>(`SELECT Note FROM dbo.${table}`)).map((row) => row.Note);
  const drop = async (table: string): Promise<void> => {
    for (const { name } of procedures) {
      await at.query(`DROP PROCEDURE ${namesOf({ table }, 2).procedure(name)}`);
    }
    await at.query(dropSchemaSql({ table }));
  };

  test('a table of the first is migrated, and both run on it, before and after a roll-back', async () => {
    const table = `${at.table}_rolled`;
    const { old, young } = versions(table);
    const create = (parts: SchemaParts | undefined, generation: number): Promise<unknown> =>
      at.query(createSchema(namesOf({ table }, generation), parts));
    const token = createToken();
    await create(undefined, 1);
    await old.claim('a', { token, lease: LEASE });

    await create(later, 2);
    await expect(young.complete('a', token, value, LEASE)).resolves.toBe(true);
    await expect(old.find('a')).resolves.toEqual(value);
    await young.claim('b', { token, lease: LEASE });
    await young.renew('b', token, LEASE);
    await expect(old.complete('b', token, value, LEASE)).resolves.toBe(true);
    expect((await notes(table)).toSorted()).toEqual([null, 'renewed by 2']);

    // Rolled back: the first version starts again, and what the second made is in nobody's way.
    await create(undefined, 1);
    await expect(old.claim('c', { token, lease: LEASE })).resolves.toMatchObject({
      outcome: 'acquired',
    });
    await expect(young.renew('c', token, LEASE)).resolves.toBe(true);
    await create(later, 2);
    await drop(table);
  });

  test('a table that the second makes has every step', async () => {
    const table = `${at.table}_fresh`;
    const { young } = versions(table);
    await at.query(createSchema(namesOf({ table }, 2), later));
    const token = createToken();
    await young.claim('a', { token, lease: LEASE });
    await young.renew('a', token, LEASE);
    expect(await notes(table)).toEqual(['renewed by 2']);
    await drop(table);
  });

  test('a migration in the transaction of whoever runs migrations is there whole, or not at all', async () => {
    const table = `${at.table}_migrated`;
    const { up, down } = migration({ table });
    const store = new SqlServerStore({ db: at.db, table, timeout: 60_000 });
    const failing = at.db.transaction().execute(async (tx) => {
      await up(tx);
      throw new Error('a later migration failed');
    });
    await expect(failing).rejects.toThrow('a later migration failed');
    await expect(store.exists('a')).rejects.toMatchObject({ code: 'IDEM_SCHEMA_MISSING' });
    await at.db.transaction().execute((tx) => up(tx));
    await expect(store.exists('a')).resolves.toBe(false);
    await at.db.transaction().execute((tx) => down(tx));
    await expect(store.exists('a')).rejects.toMatchObject({ code: 'IDEM_SCHEMA_MISSING' });
  });
});
