import { createToken, type RunTransaction } from '@idem/core';
import { SqlServerStore, type TransactionAdapter } from '@idem/sqlserver';
import { knexTransactions } from '@idem/sqlserver/knex';
import { createDialect } from '@idem/sqlserver/kysely';
import { type PrismaTransaction, prismaTransactions } from '@idem/sqlserver/prisma';
import { sequelizeTransactions } from '@idem/sqlserver/sequelize';
import { typeormTransactions } from '@idem/sqlserver/typeorm';
import { PrismaMssql } from '@prisma/adapter-mssql';
import knex, { type Knex } from 'knex';
import { Kysely } from 'kysely';
import { Sequelize, type Transaction } from 'sequelize';
import { DataSource, type EntityManager } from 'typeorm';
import { expect, test } from 'vitest';
import { callsOf } from '../support/libraries/prisma.ts';
import { type Statement, storeAnswer } from '../support/tds/script.ts';
import { ScriptedServer } from '../support/tds/scripted-server.ts';

interface Opened<Tx> {
  readonly transactions: TransactionAdapter<Tx>;
  readonly begin: RunTransaction<Tx>;
  insert(tx: Tx): PromiseLike<unknown>;
  close(): Promise<unknown>;
}

/** Milliseconds after which tedious gives a request up; the application's own must not take as long. */
const requestTimeout = 1_000;
const INSERT = 'INSERT of the next caller';

function openKnex(port: number): Opened<Knex.Transaction> {
  const options = { port, encrypt: false, requestTimeout };
  const db = knex({
    client: 'mssql',
    connection: { server: '127.0.0.1', user: 'u', password: 'p', options },
    pool: { min: 0, max: 1 },
  });
  return {
    transactions: knexTransactions<Knex.Transaction>(),
    begin: (work) => db.transaction(work),
    insert: (tx) => tx.raw(INSERT),
    close: () => db.destroy(),
  };
}

async function openTypeorm(port: number): Promise<Opened<EntityManager>> {
  const source = new DataSource({
    ...{ type: 'mssql', host: '127.0.0.1', port, username: 'u', password: 'p', database: 'd' },
    options: { encrypt: false },
    requestTimeout,
    pool: { max: 1 },
  });
  await source.initialize();
  return {
    transactions: typeormTransactions<EntityManager>(),
    begin: (work) => source.transaction(work),
    insert: (tx) => tx.query(INSERT),
    close: () => source.destroy(),
  };
}

function openSequelize(port: number): Opened<Transaction> {
  const sequelize = new Sequelize('d', 'u', 'p', {
    ...{ dialect: 'mssql', host: '127.0.0.1', port, logging: false, databaseVersion: '16.0.0' },
    dialectOptions: { options: { encrypt: false, requestTimeout } },
    pool: { max: 1 },
  });
  return {
    transactions: sequelizeTransactions<Transaction>(),
    begin: (work) => sequelize.transaction(work),
    insert: (tx) => sequelize.query(INSERT, { transaction: tx }),
    close: () => sequelize.close(),
  };
}

async function openPrisma(port: number): Promise<Opened<PrismaTransaction>> {
  const login = { server: '127.0.0.1', port, user: 'u', password: 'p', requestTimeout };
  const config = { ...login, options: { encrypt: false }, pool: { max: 1 } };
  const adapter = await new PrismaMssql(config).connect();
  return {
    transactions: prismaTransactions(),
    begin: async (work) => {
      const transaction = await adapter.startTransaction();
      try {
        const result = await work(callsOf(transaction));
        await transaction.commit();
        return result;
      } catch (error) {
        await transaction.rollback();
        throw error;
      }
    },
    insert: (tx) => tx.$queryRawUnsafe(INSERT),
    close: () => adapter.dispose(),
  };
}

/** A server on which `complete` waits for a locked row. */
const locking = (): Promise<ScriptedServer> =>
  ScriptedServer.listen({
    answer: (statement: Statement) => {
      if (statement.text.includes('_Complete_')) return 'hang';
      // What TypeORM asks when it connects.
      const asked = /AS "(db_name|schema_name)"/.exec(statement.text)?.[1];
      return asked === undefined ? storeAnswer(statement) : { rows: [{ [asked]: 'd' }] };
    },
  });

async function giveUp<Tx>(open: (port: number) => Opened<Tx> | Promise<Opened<Tx>>): Promise<void> {
  await using server = await locking();
  const library = await open(server.config.options?.port ?? 0);
  const { transactions } = library;
  const db = new Kysely<unknown>({ dialect: createDialect(server.config) });
  const store = new SqlServerStore({ db, transactions, timeout: 50 });
  const paying = library.begin(async (tx) => {
    await library.insert(tx);
    await store.inTransaction(tx).complete('key', createToken(), new Uint8Array(1), 60_000);
  });
  await expect(paying).rejects.toMatchObject({ code: 'IDEM_STORE_TIMEOUT' });
  expect(server.log.at(-1)?.text).toBe('rollback');

  // What follows on the pool is its own, and stays.
  await library.begin(async (tx) => {
    await library.insert(tx);
  });
  await library.close();
  expect(server.committed).toEqual([INSERT]);
}

test.concurrent('a request of Knex that is given up is ended by its requestTimeout, and rolled back', () =>
  giveUp(openKnex));

test.concurrent('a request of TypeORM that is given up is ended by its requestTimeout, and rolled back', () =>
  giveUp(openTypeorm));

test.concurrent('a request of Prisma that is given up is ended by its requestTimeout, and rolled back', () =>
  giveUp(openPrisma));

test.concurrent('a request of Sequelize that is given up is ended by its requestTimeout, and rolled back', () =>
  giveUp(openSequelize));
