import { randomUUID } from 'node:crypto';
import { RedisStore } from '@idem/redis';
import { findRedis } from '@idem-workspace/test-servers/redis';
import { Redis } from 'ioredis';
import { afterAll, describe, test } from 'vitest';
import { express5Binding } from './bindings/express.ts';
import { fetchBinding } from './bindings/fetch.ts';
import { runSuite } from './suite/run-suite.ts';

const server = await findRedis();

describe('on Redis', () => {
  if ('absent' in server) {
    test.skip(`there is none: ${server.absent}`, () => {});
    return;
  }
  const client = new Redis(server.url);
  afterAll(async () => {
    client.disconnect();
    await server.close();
  });
  /** Each case has keys of its own. */
  const makeStore = () => new RedisStore({ client, prefix: `${randomUUID()}:` });
  runSuite(express5Binding, makeStore);
  // Both reach the store by the same executor; the second is for the night.
  if (process.env['IDEM_TEST_BUDGET'] === 'long') runSuite(fetchBinding, makeStore);
});
