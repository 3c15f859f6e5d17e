/**
 * What the Redis adapter costs, as a ratio to the bare client that does the least of the same work,
 * in one run: claim and complete against `SET NX PX GET` and a compare-and-set script; a replay
 * against a script that reads the record. On ioredis and on node-redis, each side on a connection of
 * its own; a replay from the replay cache against a bare GET; and the memory of a completed record against the bare value at a key as long. `--quick` for
 * a smoke test.
 */
import { createHash } from 'node:crypto';
import { createToken } from '@idem/core';
import { type RedisClient, RedisStore } from '@idem/redis';
import { createClient } from '@redis/client';
import { Redis } from 'ioredis';
import { judge, judgeRatio, ratiosOf, summary } from './support/bars.ts';
import { startRedis } from './support/redis-server.ts';
import { type Contestant, line, sideBySide } from './support/side-by-side.ts';

const quick = process.argv.includes('--quick');
const ROUNDS = quick ? 4 : 24;
const TTL = 86_400_000;
const LEASE = 30_000;
const KEYS = 1_000;
const VALUE = Buffer.from(JSON.stringify({ status: 201, body: { id: 'ch_3OqX', amount: 4200 } }));
const BARS = { claim: 0.9, replay: 0.95, memory: 1.5, kept: 20 };

const COMPARE_AND_SET = script(`if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`);
const READ = script(`return redis.call('GET', KEYS[1])`);

/** What the bare side does with a client. */
interface Bare {
  get(key: string): Promise<unknown>;
  readonly name: string;
  take(key: string, token: string): Promise<unknown>;
  compareAndSet(key: string, token: string): Promise<unknown>;
  read(key: string): Promise<unknown>;
}

const server = await startRedis();
const [bareClient, ownClient] = [new Redis(server.port), new Redis(server.port)];
// The server may need a moment; ioredis tries again by itself.
for (const client of [bareClient, ownClient]) client.on('error', () => {});
for (const { source } of [COMPARE_AND_SET, READ]) await bareClient.script('LOAD', source);
const info = /redis_version:(\S+)/.exec(await bareClient.info('server'))?.[1];
console.log(`Redis ${info}, a value of ${VALUE.length} bytes`);

await compare(
  {
    name: 'ioredis',
    take: (key, token) => bareClient.set(key, token, 'PX', LEASE, 'NX', 'GET'),
    compareAndSet: (key, token) =>
      bareClient.evalsha(COMPARE_AND_SET.sha, 1, key, token, VALUE, TTL),
    read: (key) => bareClient.evalsha(READ.sha, 1, key),
    get: (key) => bareClient.get(key),
  },
  ownClient,
);

await compareMemory();

const [bareNodeRedis, ownNodeRedis] = [await connect(), await connect()];
await compare(
  {
    name: 'node-redis',
    take: (key, token) =>
      bareNodeRedis.set(key, token, {
        condition: 'NX',
        GET: true,
        expiration: { type: 'PX', value: LEASE },
      }),
    compareAndSet: (key, token) =>
      bareNodeRedis.evalSha(COMPARE_AND_SET.sha, {
        keys: [key],
        arguments: [token, VALUE, `${TTL}`],
      }),
    read: (key) => bareNodeRedis.evalSha(READ.sha, { keys: [key] }),
    get: (key) => bareNodeRedis.get(key),
  },
  ownNodeRedis,
);

for (const client of [bareClient, ownClient]) client.disconnect();
for (const client of [bareNodeRedis, ownNodeRedis]) client.destroy();
await server.close();
console.log(summary(ratiosOf(ROUNDS)));

function script(source: string): { readonly source: string; readonly sha: string } {
  return { source, sha: createHash('sha1').update(source).digest('hex') };
}

async function connect() {
  const client = createClient({ socket: { port: server.port, host: '127.0.0.1' } });
  client.on('error', () => {});
  await client.connect();
  return client;
}

/** As the server counts it: key, value and what it needs for them. */
async function compareMemory(): Promise<void> {
  const key = 'idempotency:memory';
  const token = createToken();
  const store = new RedisStore({ client: ownClient });
  await bareClient.set(key, VALUE, 'PX', TTL);
  const bare = Number(await bareClient.memory('USAGE', key));
  await bareClient.del(key);
  await store.claim('memory', { token, lease: LEASE });
  await store.complete('memory', token, VALUE, TTL);
  const own = Number(await bareClient.memory('USAGE', key));
  console.log(`  ${own} bytes for a completed record, ${bare} for the bare value`);
  const ratio = own / bare;
  judge('memory of a completed record', { atMost: BARS.memory }, ratio, [ratio, ratio]);
}

async function compare(bare: Bare, client: RedisClient): Promise<void> {
  const store = new RedisStore({ client });
  const replayed = (unit: number): string => `${bare.name}-replay-${unit % KEYS}`;
  for (let unit = 0; unit < KEYS; unit += 1) {
    const token = createToken();
    await store.claim(replayed(unit), { token, lease: LEASE });
    await store.complete(replayed(unit), token, VALUE, TTL);
  }
  // Each concurrency has keys of its own: a new one is new once.
  for (const concurrency of [1, 64]) {
    const id = `${bare.name}-${concurrency}`;
    const pairs: readonly Contestant[] = [
      {
        name: 'bare SET NX PX GET, and compare-and-set',
        run: async (unit) => {
          const token = createToken();
          await bare.take(`bare:${id}-${unit}`, token);
          await bare.compareAndSet(`bare:${id}-${unit}`, token);
        },
      },
      {
        name: '@idem/redis claim and complete',
        run: async (unit) => {
          const token = createToken();
          await store.claim(`${id}-${unit}`, { token, lease: LEASE });
          await store.complete(`${id}-${unit}`, token, VALUE, TTL);
        },
      },
    ];
    const token = createToken();
    const replays: readonly Contestant[] = [
      {
        name: 'bare script that reads the record',
        run: (unit) => bare.read(`idempotency:${replayed(unit)}`),
      },
      {
        name: '@idem/redis claim of a completed key',
        run: (unit) => store.claim(replayed(unit), { token, lease: LEASE }),
      },
      { name: '@idem/redis find', run: (unit) => store.find(replayed(unit)) },
    ];
    const rounds = { rounds: ROUNDS, units: concurrency === 1 ? 1_000 : 6_400, concurrency };
    const [made, answered] = [await sideBySide(pairs, rounds), await sideBySide(replays, rounds)];
    for (const result of [...made, ...answered]) console.log(line(result));
    const where = `${bare.name}, ${concurrency === 1 ? '1 caller' : '64 callers'}`;
    judgeRatio(`claim and complete, ${where}`, BARS.claim, made[1]);
    judgeRatio(`replay, ${where}`, BARS.replay, answered[1]);
  }
  await compareKept(bare, client);
}

/** A replay that asks nobody, of the same records, beside a GET of each: one caller, who waits for each answer. */
async function compareKept(bare: Bare, client: RedisClient): Promise<void> {
  const store = new RedisStore({ client, replayCache: { maxBytes: 64 * 1024 * 1024 } });
  const key = (unit: number): string => `${bare.name}-replay-${unit % KEYS}`;
  const token = createToken();
  const claim = (unit: number) => store.claim(key(unit), { token, lease: LEASE });
  await store.diagnose();
  for (let unit = 0; unit < KEYS; unit += 1) await claim(unit);
  const contestants: readonly Contestant[] = [
    { name: 'bare GET', run: (unit) => bare.get(`idempotency:${key(unit)}`) },
    { name: '@idem/redis claim, from the replay cache', run: claim },
  ];
  const rounds = { rounds: ROUNDS, units: 10_000, concurrency: 1 };
  const [get, kept] = await sideBySide(contestants, rounds);
  for (const result of [get, kept]) if (result !== undefined) console.log(line(result));
  judgeRatio(`replay that asks nobody, ${bare.name}, to a GET`, BARS.kept, kept);
  await store.close();
}
