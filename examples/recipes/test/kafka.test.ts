import { expect, test } from 'vitest';
import { KafkaBroker } from './support/kafka-broker.ts';
import { Program } from './support/programs.ts';
import { needsRedis, setTheScene } from './support/setting.ts';

needsRedis();

const order = (id: string, amount: number): string => JSON.stringify({ id, amount });

test('a consumer is killed with one charge unanswered and one recorded: each order is charged once', async () => {
  await using scene = await setTheScene();
  const { bank, settings } = scene;
  await using broker = await KafkaBroker.start();
  const extra = broker.url;
  const charged = bank.holdBack('order-1');
  void bank.holdBack('order-2', charged);
  broker.append(0, order('order-1', 1250));
  broker.append(1, order('order-2', 4900));
  await using dying = new Program('kafka.ts', { ...settings, extra, diesRecording: 'order-2' });
  expect(await dying.ended).toBe('SIGKILL');
  expect(broker.lag).toBe(2);

  await using _ = new Program('kafka.ts', { ...settings, extra });
  await expect.poll(() => broker.lag, { timeout: 150_000 }).toBe(0);
  expect(bank.references).toEqual(['order-1', 'order-2']);
  // Told of the takeover, the second consumer asked about the one; the other it had on record.
  expect(new Set(bank.asked)).toEqual(new Set(['order-1']));

  const poison = ['no order', 'null', '{}', order('order-1', 9900)];
  for (const value of poison) broker.append(0, value);
  broker.append(0, order('order-2', 4900)); // produced a second time
  broker.append(0, order('order-3', 700));
  await expect.poll(() => broker.lag, { timeout: 150_000 }).toBe(0);
  expect(bank.references, 'what stands behind the poison').toEqual([
    'order-1',
    'order-2',
    'order-3',
  ]);
  expect(broker.dead.map(({ value }) => value)).toEqual(poison);
  expect(broker.dead.at(-1)?.headers?.['error']).toContain('used before with another fingerprint');
});
