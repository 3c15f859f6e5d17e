import { type Idempotency, isIdempotencyError } from '@idem/core';
import type { Consumer, EachMessagePayload, Producer } from 'kafkajs';
import { type Bank, pay, readOrder } from './pay.ts';

/** Charges each order of a topic once, whatever rebalancing and replayed offsets deliver again. */
export async function consume(
  consumer: Pick<Consumer, 'subscribe' | 'run'>,
  producer: Pick<Producer, 'send'>,
  idempotency: Idempotency,
  bank: Bank,
): Promise<void> {
  await consumer.subscribe({ topic: 'orders' });
  await consumer.run({ eachMessage: handle });

  async function handle({ message, heartbeat }: EachMessagePayload): Promise<void> {
    const beat = setInterval(() => heartbeat().catch(() => {}), 3000);
    try {
      const { id, amount } = readOrder(String(message.value));
      // Not the offset: it differs when the producer sends the order again.
      await idempotency.run(id, pay(bank, amount), {
        scope: ['kafka', 'orders'],
        fingerprint: JSON.stringify([id, amount]),
        // The consumer that had this partition before may still be at it.
        wait: 60_000,
      });
    } catch (error) {
      // Thrown, it is tried again, and all that is behind it in the partition waits.
      if (!isPoison(error)) throw error;
      const headers = { ...message.headers, error: String(error) };
      await producer.send({ topic: 'orders.dead', messages: [{ ...message, headers }] });
    } finally {
      clearInterval(beat);
    }
  }
}

const isPoison = (error: unknown): boolean =>
  error instanceof SyntaxError || isIdempotencyError(error, 'IDEM_KEY_REUSED');
