/** An effect, its record and the message about it in one transaction, and a relay that delivers the message. */
import type { Idempotency } from '@idem/core';
import type { PostgresStore } from '@idem/postgres';
import { inPgTransaction } from '@idem/postgres/pg';
import type pg from 'pg';

export const TABLES = `
  CREATE TABLE IF NOT EXISTS orders (id text PRIMARY KEY, amount integer NOT NULL);
  CREATE TABLE IF NOT EXISTS outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, event_id text UNIQUE NOT NULL, body jsonb NOT NULL)`;

export interface Order {
  readonly id: string;
  readonly amount: number;
}

/** Whatever the caller repeats, and wherever it dies: one order, one message, one answer. */
export async function placeOrder(
  idempotency: Idempotency<PostgresStore<pg.PoolClient>>,
  pool: pg.Pool,
  order: Order,
): Promise<{ readonly accepted: string }> {
  const { value } = await idempotency.runInTransaction(
    `order:${order.id}`,
    inPgTransaction(pool),
    async ({ key, tx }) => {
      await tx.query('INSERT INTO orders VALUES ($1, $2)', [order.id, order.amount]);
      // The event is named after the key, so that whoever receives it twice can tell.
      const message = JSON.stringify({ type: 'order-placed', ...order });
      await tx.query('INSERT INTO outbox (event_id, body) VALUES ($1, $2)', [key, message]);
      return { accepted: order.id };
    },
  );
  return value;
}

/**
 * Delivers what is waiting, oldest first, and forgets what was delivered; answers how many. Relays may
 * run in many processes: each steps over what another has. One that dies after its delivery and before
 * the commit delivers once more, under the same `event_id`.
 */
export async function relay(
  pool: pg.Pool,
  deliver: (eventId: string, body: unknown) => Promise<void>,
): Promise<number> {
  return inPgTransaction<pg.PoolClient>(pool)(async (tx) => {
    const { rows } = await tx.query(
      'SELECT id, event_id, body FROM outbox ORDER BY id LIMIT 10 FOR UPDATE SKIP LOCKED',
    );
    for (const { event_id, body } of rows) await deliver(event_id, body);
    await tx.query('DELETE FROM outbox WHERE id = ANY($1)', [rows.map(({ id }) => id)]);
    return rows.length;
  });
}
