import { Runner } from '@idem/core/sql';
import { Kysely } from 'kysely';
import { kyselyPool } from '../client/kysely.ts';
import { faults } from '../faults/fault.ts';
import { createDialect } from './dialect.ts';
import type { PoolSize } from './pool-size.ts';
import type { ConnectionSource } from './source.ts';

/**
 * Opens a Kysely instance of our own, and sees that the server answers. Rejects with
 * `IDEM_STORE_UNAVAILABLE` when it does not, or refuses the login.
 *
 * @param timeout milliseconds that the answer may take
 */
export async function openDatabase(
  source: ConnectionSource,
  size: PoolSize,
  timeout: number,
): Promise<Kysely<unknown>> {
  const db = new Kysely<unknown>({ dialect: createDialect(source, size) });
  try {
    const runner = new Runner(kyselyPool(db), { faults, timeout, repeat: true });
    const text = 'SELECT 1 AS one';
    await runner.run({ text, parameters: [], signal: undefined, read: () => {} });
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return db;
}
