import { expect, test } from 'vitest';
import { Program } from './support/programs.ts';
import { needsRedis, setTheScene } from './support/setting.ts';
import { SqsShape } from './support/sqs-shape.ts';

needsRedis();

const order = (id: string, amount: number): string => JSON.stringify({ id, amount });

test('a consumer is killed with one charge unanswered and one recorded: each order is charged once', async () => {
  await using scene = await setTheScene();
  const { bank, settings } = scene;
  // Shorter than the lease: a message is out again while the dead consumer's claim still stands.
  await using queue = await SqsShape.start(settings.lease / 3);
  const extra = queue.url;
  const charged = bank.holdBack('order-1');
  void bank.holdBack('order-2', charged);
  queue.send(order('order-1', 1250));
  queue.send(order('order-2', 4900));
  await using dying = new Program('sqs.ts', { ...settings, extra, diesRecording: 'order-2' });
  expect(await dying.ended).toBe('SIGKILL');
  expect(queue.length).toBe(2);

  await using _ = new Program('sqs.ts', { ...settings, extra });
  await expect.poll(() => queue.length, { timeout: 150_000 }).toBe(0);
  expect(bank.references).toEqual(['order-1', 'order-2']);
  // Told of the takeover, the second consumer asked about the one; the other it had on record.
  expect(new Set(bank.asked)).toEqual(new Set(['order-1']));
  expect(queue.dead).toEqual([]);

  queue.maxReceiveCount = 2;
  queue.send(order('order-1', 1250)); // sent again by a sender who was not sure
  queue.send(order('order-1', 9900));
  queue.send('no order');
  await expect.poll(() => queue.length, { timeout: 150_000 }).toBe(0);
  expect(queue.dead.toSorted()).toEqual(['no order', order('order-1', 9900)]);
  expect(bank.references).toEqual(['order-1', 'order-2']);
});
