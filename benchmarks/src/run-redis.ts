/**
 * What `run` makes of Redis beside the least that could do the same work on the same client: a new
 * run to `SET NX PX GET` and a compare-and-set script, a replay to a GET. Both sides hash the body,
 * make a token and turn the result into JSON and back; each has one connection of its own.
 * `--quick` for a smoke test.
 */
import { createHash } from 'node:crypto';
import { createToken, Idempotency } from '@idem/core';
import { RedisStore } from '@idem/redis';
import { createClient } from '@redis/client';
import { Redis } from 'ioredis';
import { judgeRatio, ratiosOf, summary } from './support/bars.ts';
import { startRedis } from './support/redis-server.ts';
import { type Contestant, line, sideBySide } from './support/side-by-side.ts';
import { BODY, fingerprintOf, LEASE, RESULT, recordKey, SCOPE, TTL } from './support/work.ts';

const quick = process.argv.includes('--quick');
const KEYS = 500;
const ROUNDS = quick ? 4 : 40;
const BARS = { 1: { fresh: 0.75, replay: 0.8 }, 64: { fresh: 0.85, replay: 0.9 } } as const;

const COMPARE_AND_SET = `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`;
const sha = createHash('sha1').update(COMPARE_AND_SET).digest('hex');

/** What the bare side needs of a client. */
interface Bare {
  readonly name: string;
  take(key: string, claim: string): Promise<unknown>;
  compareAndSet(key: string, claim: string, value: string): Promise<unknown>;
  get(key: string): Promise<string | null>;
}

const server = await startRedis();
const bareClient = new Redis(server.port, '127.0.0.1');
const ownClient = new Redis(server.port, '127.0.0.1');
// The server may need a moment; ioredis tries again by itself.
for (const client of [bareClient, ownClient]) client.on('error', () => {});
await bareClient.script('LOAD', COMPARE_AND_SET);
const info = /redis_version:(\S+)/.exec(await bareClient.info('server'))?.[1];
console.log(`Redis ${info}`);

const ioredis: Bare = {
  name: 'ioredis',
  take: (key, claim) => bareClient.set(key, claim, 'PX', LEASE, 'NX', 'GET'),
  compareAndSet: (key, claim, value) => bareClient.evalsha(sha, 1, key, claim, value, TTL),
  get: (key) => bareClient.get(key),
};
await compare(ioredis, new Idempotency({ store: new RedisStore({ client: ownClient }), ttl: TTL }));

const bareNodeRedis = await connect();
const ownNodeRedis = await connect();
const nodeRedis: Bare = {
  name: 'node-redis',
  take: (key, claim) =>
    bareNodeRedis.set(key, claim, {
      condition: 'NX',
      GET: true,
      expiration: { type: 'PX', value: LEASE },
    }),
  compareAndSet: (key, claim, value) =>
    bareNodeRedis.evalSha(sha, { keys: [key], arguments: [claim, value, `${TTL}`] }),
  get: (key) => bareNodeRedis.get(key),
};
await compare(
  nodeRedis,
  new Idempotency({ store: new RedisStore({ client: ownNodeRedis }), ttl: TTL }),
);

for (const client of [bareClient, ownClient]) client.disconnect();
for (const client of [bareNodeRedis, ownNodeRedis]) client.destroy();
await server.close();
console.log(summary(ratiosOf(ROUNDS)));

async function connect() {
  const client = createClient({ socket: { port: server.port, host: '127.0.0.1' } });
  client.on('error', () => {});
  await client.connect();
  return client;
}

async function compare(bare: Bare, idempotency: Idempotency): Promise<void> {
  const options = { scope: SCOPE, fingerprint: BODY };
  const work = async (): Promise<typeof RESULT> => RESULT;
  const text = JSON.stringify(RESULT);
  for (let key = 0; key < KEYS; key += 1) {
    const name = recordKey(`bare-${bare.name}-replay-${key}`);
    await bare.take(name, 'token');
    await bare.compareAndSet(name, 'token', text);
    await idempotency.run(`${bare.name}-replay-${key}`, work, options);
  }
  // Each concurrency has keys of its own: a new one is new once.
  for (const concurrency of [1, 64] as const) {
    const id = `${bare.name}-${concurrency}`;
    const bareRun: Contestant = {
      name: `bare SET NX PX GET, and compare-and-set`,
      run: async (unit) => {
        const key = recordKey(`bare-${id}-${unit}`);
        const claim = `${createToken()} ${fingerprintOf(BODY)}`;
        const held = await bare.take(key, claim);
        if (held !== null) throw new Error(`${key} is taken`);
        const made = JSON.stringify(await work());
        await bare.compareAndSet(key, claim, made);
        return JSON.parse(made);
      },
    };
    const newRun: Contestant = {
      name: 'run',
      run: (unit) => idempotency.run(`${id}-${unit}`, work, options),
    };
    const bareReplay: Contestant = {
      name: 'bare GET',
      run: async (unit) => {
        const key = recordKey(`bare-${bare.name}-replay-${unit % KEYS}`);
        if (createToken() === fingerprintOf(BODY)) throw new Error('they never are');
        return JSON.parse((await bare.get(key)) ?? 'null');
      },
    };
    const replay: Contestant = {
      name: 'run of a completed key',
      run: (unit) => idempotency.run(`${bare.name}-replay-${unit % KEYS}`, work, options),
    };
    const rounds = { rounds: ROUNDS, units: concurrency === 1 ? 400 : 3_200, concurrency };
    const news = await sideBySide([bareRun, newRun], rounds);
    const replays = await sideBySide([bareReplay, replay], rounds);
    for (const result of [...news, ...replays]) console.log(line(result));
    const where = `${bare.name}, ${concurrency === 1 ? '1 caller' : '64 callers'}`;
    judgeRatio(`new run, ${where}`, BARS[concurrency].fresh, news[1]);
    judgeRatio(`replay, ${where}`, BARS[concurrency].replay, replays[1]);
  }
}
