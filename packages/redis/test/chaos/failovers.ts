/**
 * Failovers under load, for as many seconds as the first argument says (60): claims and completions
 * that wait for a replica, while Sentinel fails over again and again. Ends with exit code 1 when
 * anything acknowledged was lost, or a fence did not rise.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createToken, isIdempotencyError } from '@idem/core';
import { RedisStore } from '@idem/redis';
import { SentinelGroup } from '../support/sentinels.ts';
import { until } from '../support/until.ts';

const seconds = Number(process.argv[2] ?? 60);
const LEASE = 3_600_000;
const replicas = { count: 1, timeout: 1_000 };

const group = await SentinelGroup.start();
const store = await RedisStore.connect({ url: group.url, replicas, timeout: 5_000 });
const completed: { key: string; token: string }[] = [];
const held: { key: string; token: string }[] = [];
const fences = new Map<string, number>();
const wrong: string[] = [];
const refused = new Map<string, number>();
let running = true;

async function worker(name: number): Promise<void> {
  for (let i = 0; running; i += 1) {
    const key = `${name}-${i}`;
    const token = createToken();
    try {
      const claim = await store.claim(key, { token, lease: LEASE });
      if (claim.outcome !== 'acquired') wrong.push(`${key}: a key of its own is ${claim.outcome}`);
      held.push({ key, token });
      if (!(await store.complete(key, token, Buffer.from(key), LEASE))) {
        wrong.push(`${key}: acknowledged, and then not held`);
      }
      completed.push({ key, token });
      await riseOn('shared');
    } catch (error) {
      if (!isIdempotencyError(error)) throw error;
      refused.set(error.code, (refused.get(error.code) ?? 0) + 1);
      if (!error.retryable) wrong.push(`${key}: ${error.message}`);
      await sleep(20);
    }
  }
}

async function riseOn(key: string): Promise<void> {
  const token = createToken();
  const claim = await store.claim(key, { token, lease: LEASE });
  if (claim.outcome !== 'acquired') return;
  if (claim.fence <= (fences.get(key) ?? 0)) wrong.push(`${key}: fence ${claim.fence} fell`);
  fences.set(key, claim.fence);
  await store.release(key, token);
}

const workers = Array.from({ length: 16 }, (_, name) => worker(name));
const end = performance.now() + seconds * 1_000;
let failovers = 0;
while (performance.now() < end) {
  await sleep(2_000);
  const old = await group.failover();
  failovers += 1;
  await old.run();
  await until('the old master follows', async () =>
    String(await old.ask('INFO', 'replication')).includes('master_link_status:up'),
  );
}
running = false;
await Promise.all(workers);
for (const { key, token } of completed) {
  const value = await store.find(key);
  if (value === null || Buffer.from(value).toString() !== key) wrong.push(`${key}: lost`);
  if (!(await store.complete(key, token, Buffer.from('other'), LEASE))) {
    wrong.push(`${key}: completed by somebody else`);
  }
}
await store.close();
await group.close();
console.log(
  `${failovers} failovers in ${seconds} s; ${held.length} claims and ${completed.length} completions acknowledged; refused: ${JSON.stringify(Object.fromEntries(refused))}; wrong: ${wrong.length}`,
);
for (const line of wrong.slice(0, 20)) console.log(line);
process.exitCode = wrong.length === 0 ? 0 : 1;
