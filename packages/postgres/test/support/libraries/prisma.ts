import { PostgresStore } from '@idem/postgres';
import { type PrismaTransaction, prismaTransactions } from '@idem/postgres/prisma';
import pg from 'pg';
import { type LibraryOpener, opener, PATIENT } from './library.ts';

/**
 * Prisma's documented call, `$queryRawUnsafe(text, ...values)`, over a client of pg: its own engine is
 * generated for a schema of the application's. Numbers arrive as Prisma sends them, with a type of
 * their own, and bytes are `Uint8Array`.
 */
export const prismaLibrary: LibraryOpener = opener<PrismaTransaction>(
  'the call of prisma',
  async (server, table) => {
    const pool = new pg.Pool({ connectionString: server, max: 4 });
    return {
      store: await PostgresStore.connect<PrismaTransaction>(server, {
        transactions: prismaTransactions(),
        ...{ table, timeout: PATIENT },
      }),
      begin: async (work) => {
        const client = await pool.connect();
        try {
          await client.query('BEGIN');
          const tx: PrismaTransaction = {
            $queryRawUnsafe: async (text: string, ...values: unknown[]) => {
              const typed = text.replaceAll(/\$(\d+)/g, (name, n: string) =>
                typeof values[Number(n) - 1] === 'number' ? `(${name}::bigint)` : name,
              );
              const { rows } = await client.query(typed, values);
              return rows.map(bytesAsPrismaHasThem);
            },
          };
          const result = await work(tx);
          await client.query('COMMIT');
          return result;
        } catch (error) {
          await client.query('ROLLBACK');
          throw error;
        } finally {
          client.release();
        }
      },
      execute: (tx, text, key) =>
        Reflect.apply(tx.$queryRawUnsafe, tx, [
          text.replace('?', '$1'),
          ...(text.includes('?') ? [key] : []),
        ]),
      close: () => pool.end(),
    };
  },
);

function bytesAsPrismaHasThem(row: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(row).map(([name, value]) => [
    name,
    Buffer.isBuffer(value) ? new Uint8Array(value) : value,
  ]);
  return Object.fromEntries(entries);
}
