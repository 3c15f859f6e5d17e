import type { Idempotency } from '@idem/core';
import { type Bank, type Order, pay } from './pay.ts';

/**
 * What crond starts on every machine at the same minute. Each subscription is charged once a month: one
 * machine does it, the others wait for it, and go on where it stopped if it dies.
 */
export async function chargeSubscriptions(
  subscriptions: Iterable<Order>,
  now: Date,
  idempotency: Idempotency,
  bank: Bank,
): Promise<void> {
  // What the charge is for, never the moment at which it is made: a late start is the same month.
  const month = now.toISOString().slice(0, 7);
  const failures: unknown[] = [];
  for (const { id, amount } of subscriptions) {
    try {
      await idempotency.run(`${month}/${id}`, pay(bank, amount), {
        scope: ['cron', 'subscriptions'],
        wait: 60_000,
      });
    } catch (error) {
      // One card that is refused keeps nobody else's from being charged. The next start tries it again.
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} not charged`);
}
