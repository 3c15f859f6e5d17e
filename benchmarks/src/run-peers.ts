/**
 * `run` beside the whole of two other libraries, each through its public API on the same server, 64
 * callers: @node-idempotency with its own Redis adapter (node-redis 4), and Powertools for AWS Lambda
 * with its cache persistence (node-redis 6). All record the same result under a key; idem and
 * @node-idempotency compare a hash of the same body. Neither of them renews a claim, makes a token or can tell a caller that its
 * claim was lost; what they do, they do as their documentation shows it. `--quick` for a smoke test.
 */
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { CachePersistenceLayer } from '@aws-lambda-powertools/idempotency/cache';
import { Idempotency } from '@idem/core';
import { RedisStore } from '@idem/redis';
import { Idempotency as NodeIdempotency } from '@node-idempotency/core';
import { RedisStorageAdapter } from '@node-idempotency/storage-adapter-redis';
import { createClient } from '@redis/client';
import { Redis } from 'ioredis';
import { judge, ratiosOf, summary } from './support/bars.ts';
import { startRedis } from './support/redis-server.ts';
import { line, sideBySide } from './support/side-by-side.ts';
import { BODY, LEASE, RESULT, SCOPE, TTL } from './support/work.ts';

const quick = process.argv.includes('--quick');
const KEYS = 500;
const ROUNDS = quick ? 4 : 30;

/** A library: calls the work once for each key. */
interface Peer {
  readonly name: string;
  run(key: string): Promise<unknown>;
}

let executions = 0;
const work = async (): Promise<typeof RESULT> => {
  executions += 1;
  return RESULT;
};

const server = await startRedis();
const url = `redis://127.0.0.1:${server.port}`;

const ioredis = new Redis(url);
ioredis.on('error', () => {});
const idempotency = new Idempotency({
  store: new RedisStore({ client: ioredis }),
  ttl: TTL,
  lease: LEASE,
});
const own: Peer = {
  name: 'idem on ioredis',
  run: (key) => idempotency.run(key, work, { scope: SCOPE, fingerprint: BODY }),
};

const ownClient = createClient({ url });
ownClient.on('error', () => {});
await ownClient.connect();
const onNodeRedis = new Idempotency({
  store: new RedisStore({ client: ownClient }),
  ttl: TTL,
  lease: LEASE,
});
const ownNodeRedis: Peer = {
  name: 'idem on node-redis',
  run: (key) => onNodeRedis.run(`node-redis-${key}`, work, { scope: SCOPE, fingerprint: BODY }),
};

const storage = new RedisStorageAdapter({ url });
await storage.connect();
const nodeIdempotency = new NodeIdempotency(storage, { cacheTTLMS: TTL });
const body: Record<string, unknown> = JSON.parse(BODY);
const nodeIdempotencyPeer: Peer = {
  name: '@node-idempotency/core',
  run: async (key) => {
    const request = { headers: { 'idempotency-key': key }, path: '/charge', method: 'POST', body };
    const found = await nodeIdempotency.onRequest(request);
    if (found !== undefined) return found;
    const made = await work();
    await nodeIdempotency.onResponse(request, { body: made });
    return made;
  },
};

const cache = createClient({ url });
cache.on('error', () => {});
await cache.connect();
// Without `payloadValidationJmesPath`: a record that this persistence completes has no hash of the
// payload (2.35.0), so every replay would be refused. Powertools is spared that work.
const config = new IdempotencyConfig({
  eventKeyJmesPath: 'key',
  expiresAfterSeconds: TTL / 1_000,
});
const lambda = { getRemainingTimeInMillis: () => LEASE };
const charge = makeIdempotent(
  (_event: { key: string; body: unknown }, _context: object) => work(),
  {
    persistenceStore: new CachePersistenceLayer({ client: cache }),
    config,
  },
);
const powertoolsPeer: Peer = {
  name: '@aws-lambda-powertools/idempotency',
  run: (key) => charge({ key, body }, lambda),
};

const peers = [own, ownNodeRedis, nodeIdempotencyPeer, powertoolsPeer];
for (const peer of peers) await check(peer);
const units = 2_048;
const rounds = { rounds: ROUNDS, units, concurrency: 64 };
const fresh = await sideBySide(
  peers.map(({ name, run }) => ({ name, run: (unit: number) => run(`new-${unit}`) })),
  rounds,
);
const replays = await sideBySide(
  peers.map(({ name, run }) => ({ name, run: (unit: number) => run(`replay-${unit % KEYS}`) })),
  rounds,
);
console.log('New runs a second, 64 callers, and the share of the first');
for (const result of fresh) console.log(line(result));
console.log('Replays a second');
for (const result of replays) console.log(line(result));
for (const [what, results] of [
  ['new run', fresh],
  ['replay', replays],
] as const) {
  const [onIoredis, onOther, ...others] = results;
  if (onIoredis === undefined || onOther === undefined) throw new Error('nothing was measured');
  // The client that serves us best.
  const best = onOther.ratio > onIoredis.ratio ? onOther : onIoredis;
  for (const { name, ratio, quartiles } of others) {
    const [low, high] = quartiles;
    const spread = [best.ratio / high, best.ratio / low] as const;
    judge(`${what}, ${best.name}, to ${name}`, { atLeast: 1 }, best.ratio / ratio, spread);
  }
}
ioredis.disconnect();
await storage.disconnect();
cache.destroy();
ownClient.destroy();
await server.close();
console.log(summary(ratiosOf(ROUNDS)));

/** Each executes once for a key, and its replays are there to be measured. */
async function check({ name, run }: Peer): Promise<void> {
  executions = 0;
  for (let key = 0; key < KEYS; key += 1) await run(`replay-${key}`);
  await run('replay-0');
  if (executions !== KEYS) throw new Error(`${name} executed ${executions} times, not ${KEYS}`);
}
