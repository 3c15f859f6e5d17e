/**
 * A process whose calls wait for a result that is made in another: for every key it is told, it
 * calls `run` and tells when the answer came and what it asked the store meanwhile.
 */
import { Idempotency } from '@idem/core';
import { RedisStore } from '@idem/redis';
import { Redis } from 'ioredis';
import { TTL } from '../support/work.ts';

export interface Told {
  readonly key: string;
  /** By the system's monotonic clock, which is the same in all processes of the machine. */
  readonly returnedAt: bigint;
  readonly questions: number;
}

class CountingStore extends RedisStore {
  readonly asked = new Map<string, number>();

  override claim(...args: Parameters<RedisStore['claim']>): ReturnType<RedisStore['claim']> {
    this.#count(args[0]);
    return super.claim(...args);
  }

  override find(...args: Parameters<RedisStore['find']>): ReturnType<RedisStore['find']> {
    this.#count(args[0]);
    return super.find(...args);
  }

  override inspect(...args: Parameters<RedisStore['inspect']>): ReturnType<RedisStore['inspect']> {
    this.#count(args[0]);
    return super.inspect(...args);
  }

  #count(key: string): void {
    this.asked.set(key, (this.asked.get(key) ?? 0) + 1);
  }
}

const client = new Redis(Number(process.argv[2]), '127.0.0.1');
client.on('error', () => {});
const store = new CountingStore({ client, wakeUp: process.argv[3] === 'wake-up' });
const idempotency = new Idempotency({ store, ttl: TTL, wait: 60_000 });

process.on('message', async (key: string) => {
  const { replayed } = await idempotency.run(key, () => 'executed');
  if (!replayed) throw new Error(`${key} was executed by its waiter`);
  const returnedAt = process.hrtime.bigint();
  const told: Told = { key, returnedAt, questions: store.asked.get(key) ?? 0 };
  process.send?.(told);
});
process.on('disconnect', () => client.disconnect());
process.send?.('ready');
