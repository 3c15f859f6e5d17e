/**
 * Calls that wait, in other processes, for a result that this process makes, on Redis: how long after
 * the completion was sent each has the result, and what each asked the store meanwhile. The waiters
 * of one process share their questions, so each key has one waiter in each process.
 * `--quick` for a smoke test.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { Idempotency } from '@idem/core';
import { RedisStore } from '@idem/redis';
import { Redis } from 'ioredis';
import type { Told } from './programs/waiter.ts';
import { judge, summary } from './support/bars.ts';
import { startRedis } from './support/redis-server.ts';
import { quantile } from './support/side-by-side.ts';
import { RESULT, TTL } from './support/work.ts';

const quick = process.argv.includes('--quick');
const PROCESSES = 2;
const KEYS_AT_A_TIME = 5;
const ROUNDS = quick ? 2 : 16;

class Holder extends RedisStore {
  readonly completedAt = new Map<string, bigint>();

  override complete(...args: Parameters<RedisStore['complete']>): Promise<boolean> {
    this.completedAt.set(args[0], process.hrtime.bigint());
    return super.complete(...args);
  }
}

const server = await startRedis();
const client = new Redis(server.port, '127.0.0.1');
client.on('error', () => {});
await client.ping();
for (const wakeUp of [false, true]) await compare(wakeUp);
client.disconnect();
await server.close();
console.log(summary(`${PROCESSES} processes, ${KEYS_AT_A_TIME} keys at a time, ${ROUNDS} rounds`));

async function compare(wakeUp: boolean): Promise<void> {
  const store = new Holder({ client, wakeUp });
  const idempotency = new Idempotency({ store, ttl: TTL });
  const waiters = await Promise.all(Array.from({ length: PROCESSES }, () => startWaiter(wakeUp)));
  // The first waiter of a process may have to open a connection.
  await hold(idempotency, waiters, `${wakeUp}-warm`, 500);
  for (const held of [100, 700, 3_000]) {
    const latencies: number[] = [];
    const questions: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const keys = Array.from({ length: KEYS_AT_A_TIME }, (_, key) => `${held}-${round}-${key}`);
      const told = await Promise.all(
        keys.map((key) => hold(idempotency, waiters, `${wakeUp}-${key}`, held)),
      );
      for (const { key, returnedAt, questions: asked } of told.flat()) {
        latencies.push(Number(returnedAt - (store.completedAt.get(key) ?? 0n)) / 1e6);
        questions.push(asked);
      }
    }
    tell(`${wakeUp ? 'woken' : 'polling'}, held for ${held} ms`, wakeUp, latencies, questions);
  }
  for (const waiter of waiters) waiter.disconnect();
}

/** The bar is for a store that wakes; without it, only what is measured is told. */
function tell(
  what: string,
  judged: boolean,
  latencies: readonly number[],
  questions: readonly number[],
): void {
  const [half = Number.NaN, most] = [0.5, 0.99].map((at) => quantile(latencies, at));
  if (judged) {
    const quartiles = [quantile(latencies, 0.25), quantile(latencies, 0.75)] as const;
    judge(`ms until a waiter has it, ${what}`, { atMost: 5 }, half, quartiles);
  }
  const asked = [0.5, 0.99].map((share) => quantile(questions, share).toFixed(0));
  console.log(
    `       ${what}: median ${half.toFixed(1)} ms, p99 ${most?.toFixed(1)} ms; questions per waiter: median ${asked[0]}, p99 ${asked[1]}`,
  );
}

/** Executes under the key for that long, while every waiter waits for it. */
async function hold(
  idempotency: Idempotency,
  waiters: readonly ChildProcess[],
  key: string,
  held: number,
): Promise<readonly Told[]> {
  const told = waiters.map((waiter) => heardOf(waiter, key));
  await idempotency.run(key, async () => {
    for (const waiter of waiters) waiter.send(key);
    await pause(held);
    return RESULT;
  });
  return Promise.all(told);
}

function heardOf(waiter: ChildProcess, key: string): Promise<Told> {
  return new Promise((resolve, reject) => {
    const hear = (told: Told): void => {
      if (told.key !== key) return;
      waiter.off('message', hear);
      waiter.off('exit', fail);
      resolve(told);
    };
    const fail = (): void => reject(new Error(`a waiter ended before it had ${key}`));
    waiter.on('message', hear);
    waiter.once('exit', fail);
  });
}

async function startWaiter(wakeUp: boolean): Promise<ChildProcess> {
  const program = new URL('./programs/waiter.ts', import.meta.url);
  const waiter = fork(program, [`${server.port}`, wakeUp ? 'wake-up' : 'poll'], {
    // For the clock's readings, which JSON cannot say.
    serialization: 'advanced',
  });
  waiter.setMaxListeners(100);
  await once(waiter, 'message');
  return waiter;
}
