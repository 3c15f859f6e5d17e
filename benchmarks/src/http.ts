/**
 * What `@idem/http` costs on a route of Fastify, as a ratio to the same route without it: 64 callers in a
 * process of their own, on connections that they keep; with new keys, and as replays of one key; on the memory
 * store and on Redis. Beside it, the least that a middleware written by hand costs that does the same duties
 * without any safety. And what it adds to one caller's latency.
 *
 * The callers take none of this process's time (how busy they were is told), but their own core: with one
 * core for both, the throughput would say little, and the processor time per request still would.
 *
 * `--quick` for a smoke test, `--memory` without Redis.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Idempotency, type IdempotencyStore } from '@idem/core';
import { idempotent } from '@idem/http/fastify';
import { MemoryStore } from '@idem/memory';
import { RedisStore } from '@idem/redis';
import { fastify } from 'fastify';
import { Redis } from 'ioredis';
import type { Batch, Done } from './programs/callers.ts';
import { judgeRatio, ratiosOf, summary } from './support/bars.ts';
import { routeByHand } from './support/http-by-hand.ts';
import { startRedis } from './support/redis-server.ts';
import { type Comparison, type Contestant, median, sideBySide } from './support/side-by-side.ts';
import { BODY, LEASE, RESULT, TTL } from './support/work.ts';

const quick = process.argv.includes('--quick');
const ROUNDS = quick ? 4 : 24;
const REQUESTS = quick ? 1_000 : 3_000;
/** Of each contestant, before any counts: V8 is not done with a path of this length after a thousand. */
const WARM_UP = quick ? 5_000 : 15_000;
const BARS = { new: 0.7, replay: 0.9 };

const app = fastify();
const pay = async (_: unknown, reply: { code(status: number): unknown }): Promise<object> => {
  reply.code(201);
  return RESULT.body;
};
app.post('/bare', pay);
routeByHand(app, '/hand', pay);
const stores: Record<string, IdempotencyStore> = { memory: new MemoryStore() };
const redis = process.argv.includes('--memory') ? undefined : await startRedis();
if (redis !== undefined) {
  const client = new Redis(redis.port);
  // The server may need a moment; ioredis tries again by itself.
  client.on('error', () => {});
  stores['redis'] = new RedisStore({ client });
}
for (const [name, store] of Object.entries(stores)) {
  const idempotency = new Idempotency({ store, ttl: TTL, lease: LEASE });
  const preHandler = idempotent({ idempotency, principal: () => 'acme', required: true });
  app.post(`/${name}`, { preHandler }, pay);
}
await app.listen({ port: 0, host: '127.0.0.1' });
const { port } = app.server.address() as AddressInfo;

const program = new URL('./programs/callers.ts', import.meta.url);
const callers = fork(program, [String(port)]);
await once(callers, 'message');
callers.once('exit', (code) => process.exit(code ?? 1));

for (const name of Object.keys(stores)) {
  await compare(name, 64, REQUESTS);
  await compare(name, 1, REQUESTS / 10);
}
console.log(summary(ratiosOf(ROUNDS)));
// An answer that was not as it should be has ended the callers, and this process, before.
process.exit(0);

interface Primed extends Contestant {
  prime(requests: number): Promise<void>;
}

async function compare(store: string, count: number, requests: number): Promise<void> {
  const latencies = new Map<string, number[]>();
  const busy = new Map<string, number[]>();
  let from = 0;
  /** One unit of its work is a batch of requests. */
  const contestant = (name: string, path: string, isNew: boolean): Primed => {
    const key = `${store}-${count}-${isNew}-`;
    const send = async (requests: number, callers: number): Promise<void> => {
      const done = await ask({ path, body: BODY, key, isNew, from, requests, callers });
      from += requests;
      latencies.set(name, [...(latencies.get(name) ?? []), done.median]);
      busy.set(name, [...(busy.get(name) ?? []), done.busy]);
    };
    const prime = async (requests: number): Promise<void> => {
      await send(requests, Math.min(requests, count));
      latencies.delete(name);
      busy.delete(name);
    };
    return { name, run: () => send(requests, count), prime };
  };
  const bare = contestant('the bare route', '/bare', true);
  const news = contestant('new keys', `/${store}`, true);
  const replays = contestant('replays of one key', `/${store}`, false);
  const isByHand = store === 'memory' && count > 1;
  const byHand = [
    contestant('by hand, new keys', '/hand', true),
    contestant('by hand, replays', '/hand', false),
  ];
  const contestants = [bare, news, replays, ...(isByHand ? byHand : [])];
  // So that the one key has its record, and nobody is refused while it is made.
  for (const one of contestants) if (one.name.includes('replays')) await one.prime(1);
  for (const one of count === 1 ? [] : contestants) await one.prime(WARM_UP);
  const rounds = { rounds: ROUNDS, units: 1, concurrency: 1 };
  const results = await sideBySide(contestants, rounds);
  console.log(`${store}, ${count === 1 ? 'one caller' : `${count} callers`}`);
  for (const result of results) {
    const share = median(busy.get(result.name) ?? []) * 100;
    console.log(`${told(result, requests, latencies)}, callers busy ${share.toFixed(0)}%`);
  }
  if (store !== 'memory' || count === 1) return;
  judgeRatio('throughput with new keys, of the bare route', BARS.new, results[1]);
  judgeRatio('throughput of replays, of the bare route', BARS.replay, results[2]);
}

async function ask(batch: Batch): Promise<Done> {
  callers.send(batch);
  const [done] = await once(callers, 'message');
  return done;
}

function told(
  { name, median: batches, ratio, quartiles: [low, high], cpu }: Comparison,
  requests: number,
  latencies: ReadonlyMap<string, readonly number[]>,
): string {
  const rate = Math.round(batches * requests)
    .toLocaleString('en')
    .padStart(8);
  const latency = median(latencies.get(name) ?? []);
  const bare = median(latencies.get('the bare route') ?? []);
  return (
    `  ${name.padEnd(20)} ${rate}/s  throughput ${ratio.toFixed(3)} (${low.toFixed(3)}–${high.toFixed(3)}), ` +
    `CPU per request × ${(1 / cpu.ratio).toFixed(2)}, latency × ${(latency / bare).toFixed(2)} (${latency.toFixed(2)} ms)`
  );
}
