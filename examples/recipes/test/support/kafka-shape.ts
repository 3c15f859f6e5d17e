import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Consumer, EachMessageHandler, Producer } from 'kafkajs';
import type { Ask, Logged } from './kafka-broker.ts';

/**
 * The shape of kafkajs's consumer, over the stand-in broker: each partition in order, one message at a time;
 * what the handler throws is tried again; the offset is committed behind what was handled.
 */
export function consumerAt(url: string): Pick<Consumer, 'subscribe' | 'run'> {
  const member = randomUUID();
  return {
    subscribe: async () => {},
    run: async ({ eachMessage } = {}) => {
      for (const partition of [0, 1]) {
        if (eachMessage !== undefined) void consume(url, member, partition, eachMessage);
      }
    },
  };
}

export function producerAt(url: string): Pick<Producer, 'send'> {
  return {
    send: async ({ topic, messages }) => {
      const logged = messages.map(({ value, headers }) => ({
        value: String(value),
        headers: Object.fromEntries(
          Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)]),
        ),
      }));
      await ask(url, { ask: 'send', topic, messages: logged });
      return [];
    },
  };
}

async function consume(
  url: string,
  member: string,
  partition: number,
  eachMessage: EachMessageHandler,
): Promise<void> {
  const self = { member, partition };
  for (;;) {
    const fetched = await ask(url, { ask: 'fetch', ...self });
    if (fetched === null) {
      await pause(50);
      continue;
    }
    const { offset, value } = fetched;
    const message = { offset: String(offset), value: Buffer.from(value), headers: {} };
    try {
      await eachMessage({
        ...{ topic: 'orders', partition, pause: () => () => {} },
        message: { ...message, key: null, timestamp: '0', attributes: 0 },
        heartbeat: async () => void (await ask(url, { ask: 'heartbeat', ...self })),
      });
    } catch {
      await pause(100);
      continue;
    }
    await ask(url, { ask: 'commit', ...self, offset: offset + 1 });
  }
}

async function ask(
  url: string,
  asked: Ask,
): Promise<(Logged & { readonly offset: number }) | null> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(asked) });
  return (await response.json()) as (Logged & { readonly offset: number }) | null;
}
