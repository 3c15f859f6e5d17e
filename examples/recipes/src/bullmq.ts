import { type Idempotency, isIdempotencyError } from '@idem/core';
import { DelayedError, UnrecoverableError, Worker, type WorkerOptions } from 'bullmq';
import { type Bank, type Order, pay } from './pay.ts';

/** A BullMQ worker that charges each order once, however often its job is delivered. */
export function startWorker(
  idempotency: Idempotency,
  bank: Bank,
  options: WorkerOptions,
): Worker<Order> {
  return new Worker<Order>(
    'orders',
    async (job, token) => {
      const { id, amount } = job.data;
      try {
        // The order's own number: a job's id is new each time somebody adds the order again.
        const { value } = await idempotency.run(id, pay(bank, amount), {
          scope: ['bullmq', 'orders'],
          fingerprint: JSON.stringify([id, amount]),
        });
        return value;
      } catch (error) {
        if (isIdempotencyError(error, 'IDEM_IN_PROGRESS')) {
          // Its other worker lives, or has died a moment ago. This is no failure: come back later.
          await job.moveToDelayed(Date.now() + error.leaseRemaining, token);
          throw new DelayedError();
        }
        // The same number with another amount: no repetition makes that right.
        if (isIdempotencyError(error, 'IDEM_KEY_REUSED'))
          throw new UnrecoverableError(error.message);
        throw error;
      }
    },
    options,
  );
}
