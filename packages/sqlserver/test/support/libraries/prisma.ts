import { SqlServerStore } from '@idem/sqlserver';
import { type PrismaTransaction, prismaTransactions } from '@idem/sqlserver/prisma';
import { PrismaMssql } from '@prisma/adapter-mssql';
import type { Address } from '../server.ts';
import { urlOf } from '../server.ts';
import { type LibraryOpener, opener, PATIENT } from './library.ts';

type Adapter = Awaited<ReturnType<PrismaMssql['connect']>>;
type AdapterTransaction = Awaited<ReturnType<Adapter['startTransaction']>>;

/**
 * Prisma's documented call, `$queryRawUnsafe(text, ...values)`, on Prisma's own adapter for SQL Server,
 * which is all of Prisma that a raw query meets below its client: that one is generated for a schema of
 * the application's.
 */
export const prismaLibrary: LibraryOpener = opener<PrismaTransaction>(
  'the adapter of prisma',
  async (address, table) => {
    const adapter = await open(address);
    const transactions = prismaTransactions();
    return {
      transactions,
      pool: { $queryRawUnsafe: async () => [], $connect: async () => {} },
      store: await SqlServerStore.connect<PrismaTransaction>(
        urlOf(address, table, { timeout: PATIENT }),
        { transactions },
      ),
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
      start: async () => {
        const transaction = await adapter.startTransaction();
        return {
          tx: callsOf(transaction),
          commit: () => transaction.commit(),
          rollback: () => transaction.rollback(),
        };
      },
      execute: (tx, text, key) =>
        Promise.resolve(
          Reflect.apply(tx.$queryRawUnsafe, tx, [
            text.replace('?', '@P1'),
            ...(text.includes('?') ? [key] : []),
          ]),
        ),
      close: () => adapter.dispose(),
    };
  },
);

function open(address: Address): Promise<Adapter> {
  const { host: server, port, user, password, database, encrypt } = address;
  const options = { encrypt, trustServerCertificate: true };
  return new PrismaMssql({
    ...{ server, port, user, password, database, options },
    ...{ connectionTimeout: PATIENT, requestTimeout: PATIENT },
  }).connect();
}

/** What a client makes of the adapter's transaction for raw queries. */
export function callsOf(transaction: AdapterTransaction): PrismaTransaction {
  return {
    $queryRawUnsafe: async (sql: string, ...args: unknown[]) => {
      const argTypes = args.map(() => ({ scalarType: 'unknown', arity: 'scalar' }) as const);
      const { columnNames, rows } = await transaction.queryRaw({ sql, args, argTypes });
      return rows.map((row) =>
        Object.fromEntries(columnNames.map((name, i) => [name, asPrismaHasIt(row[i])])),
      );
    },
  };
}

/** The client hands bytes on without Buffer's methods. */
function asPrismaHasIt(cell: unknown): unknown {
  return Buffer.isBuffer(cell) ? new Uint8Array(cell) : cell;
}
