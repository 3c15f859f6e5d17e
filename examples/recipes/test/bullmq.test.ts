import { type Job, Queue, QueueEvents } from 'bullmq';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import type { Order } from '../src/pay.ts';
import { Program, type Settings } from './support/programs.ts';
import { needsRedis, setTheScene } from './support/setting.ts';

needsRedis();

class Orders implements AsyncDisposable {
  readonly #connections: Redis[] = [];
  readonly #queue: Queue<Order>;
  readonly #events: QueueEvents;

  constructor({ redis, prefix }: Settings) {
    const connection = (): Redis => {
      const client = new Redis(redis, { maxRetriesPerRequest: null });
      this.#connections.push(client);
      return client;
    };
    this.#queue = new Queue('orders', { connection: connection(), prefix });
    this.#events = new QueueEvents('orders', { connection: connection(), prefix });
  }

  add(id: string, amount: number): Promise<Job<Order>> {
    return this.#queue.add('charge', { id, amount }, { attempts: 5 });
  }

  async result(job: Job<Order>): Promise<unknown> {
    await this.#events.waitUntilReady();
    return job.waitUntilFinished(this.#events);
  }

  async attempts({ id = '' }: Job<Order>): Promise<number | undefined> {
    return (await this.#queue.getJob(id))?.attemptsMade;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#queue.close(), this.#events.close()]);
    for (const connection of this.#connections) connection.disconnect();
  }
}

test('a worker is killed with one charge unanswered and one recorded: each order is charged once', async () => {
  await using scene = await setTheScene();
  const { bank, settings } = scene;
  await using orders = new Orders(settings);
  const charged = bank.holdBack('order-1');
  void bank.holdBack('order-2', charged);
  const [first, second] = [await orders.add('order-1', 1250), await orders.add('order-2', 4900)];
  await using dying = new Program('bullmq.ts', { ...settings, diesRecording: 'order-2' });
  expect(await dying.ended).toBe('SIGKILL');

  await using _ = new Program('bullmq.ts', settings);
  expect(await orders.result(first)).toEqual(bank.receipt('order-1'));
  expect(await orders.result(second)).toEqual(bank.receipt('order-2'));
  expect(await orders.attempts(first), 'coming back later counts as no attempt').toBe(1);
  expect(bank.references).toEqual(['order-1', 'order-2']);
  // Told of the takeover, the second worker asked about the one; the other it had on record.
  expect(new Set(bank.asked)).toEqual(new Set(['order-1']));

  const again = await orders.add('order-2', 4900);
  expect(await orders.result(again), 'the order is added a second time').toEqual(
    bank.receipt('order-2'),
  );
  const other = await orders.add('order-2', 9900);
  await expect(orders.result(other), 'poison').rejects.toThrow(
    'used before with another fingerprint',
  );
  expect(await orders.attempts(other)).toBe(1);
  expect(bank.references).toEqual(['order-1', 'order-2']);
});
