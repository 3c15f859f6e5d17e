/**
 * What the Redis adapter costs, as a ratio to bare ioredis that does the least of the same work, in
 * one run: claim and complete against `SET NX PX GET` and a compare-and-set script; a replay against
 * a script that reads the record. `--quick` for a smoke test.
 */
import { createHash } from 'node:crypto';
import { createToken } from '@idem/core';
import { RedisStore } from '@idem/redis';
import { Redis } from 'ioredis';
import { startRedis } from './support/redis-server.ts';
import { type Comparison, type Contestant, line, sideBySide } from './support/side-by-side.ts';

const quick = process.argv.includes('--quick');
const TTL = 86_400_000;
const LEASE = 30_000;
const VALUE = Buffer.from(JSON.stringify({ status: 201, body: { id: 'ch_3OqX', amount: 4200 } }));
const BARS = { claim: 0.9, replay: 0.95 };

const COMPARE_AND_SET = `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`;
const READ = `return redis.call('GET', KEYS[1])`;

const server = await startRedis();
const client = new Redis({ port: server.port, host: '127.0.0.1' });
// The server may need a moment; ioredis tries again by itself.
client.on('error', () => {});
const store = new RedisStore({ client });

const compareAndSet = bare(COMPARE_AND_SET);
const read = bare(READ);

const bareClaim: Contestant = {
  name: 'bare SET NX PX GET, and compare-and-set',
  run: async (unit) => {
    const token = createToken();
    await client.set(`bare:${unit}`, token, 'PX', LEASE, 'NX', 'GET');
    await compareAndSet(`bare:${unit}`, token, VALUE, TTL);
  },
};
const storeClaim: Contestant = {
  name: '@idem/redis claim and complete',
  run: async (unit) => {
    const token = createToken();
    await store.claim(`${unit}`, { token, lease: LEASE });
    await store.complete(`${unit}`, token, VALUE, TTL);
  },
};
const KEYS = 1_000;
const bareReplay: Contestant = {
  name: 'bare script that reads the record',
  run: (unit) => read(`idempotency:replay-${unit % KEYS}`),
};
const replayToken = createToken();
const storeReplay: Contestant = {
  name: '@idem/redis claim of a completed key',
  run: (unit) => store.claim(`replay-${unit % KEYS}`, { token: replayToken, lease: LEASE }),
};
const storeFind: Contestant = {
  name: '@idem/redis find',
  run: (unit) => store.find(`replay-${unit % KEYS}`),
};

for (let i = 0; i < KEYS; i += 1) {
  const token = createToken();
  await store.claim(`replay-${i}`, { token, lease: LEASE });
  await store.complete(`replay-${i}`, token, VALUE, TTL);
}

const info = /redis_version:(\S+)/.exec(await client.info('server'))?.[1];
console.log(`Redis ${info}, ioredis, Node ${process.version}, a value of ${VALUE.length} bytes`);
let met = true;
for (const concurrency of [1, 64]) {
  const units = (concurrency === 1 ? 2_000 : 8_000) / (quick ? 10 : 1);
  const rounds = { rounds: quick ? 4 : 24, units, concurrency };
  report('claim and complete', concurrency, BARS.claim, [
    ...(await sideBySide([bareClaim, storeClaim], rounds)),
  ]);
  report('replay', concurrency, BARS.replay, [
    ...(await sideBySide([bareReplay, storeReplay, storeFind], rounds)),
  ]);
}
client.disconnect();
await server.close();
if (!met) console.log('A bar was missed.');

function bare(
  source: string,
): (key: string, ...args: (string | Buffer | number)[]) => Promise<unknown> {
  const sha = createHash('sha1').update(source).digest('hex');
  const loaded = client.script('LOAD', source);
  return async (key, ...args) => {
    await loaded;
    return client.evalsha(sha, 1, key, ...args);
  };
}

function report(what: string, concurrency: number, bar: number, results: Comparison[]): void {
  console.log(`${what}, concurrency ${concurrency} (bar ${bar})`);
  for (const result of results) console.log(line(result));
  met &&= results.slice(1).every(({ ratio }) => ratio >= bar);
}
