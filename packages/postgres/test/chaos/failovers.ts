/**
 * Failovers under load, for as many seconds as the first argument says (60): claims and completions on
 * a primary whose commits wait for a standby, which is killed and replaced by it again and again.
 * Ends with exit code 1 when anything acknowledged was lost, or a fence did not rise.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createToken, isIdempotencyError } from '@idem/core';
import { PostgresStore } from '@idem/postgres';
import { PostgresCluster } from '@idem-workspace/test-servers/postgres';

const seconds = Number(process.argv[2] ?? 60);
const LEASE = 3_600_000;
const CALLERS = 16;

const open = (server: PostgresCluster): Promise<PostgresStore> =>
  PostgresStore.connect(server.url, { timeout: 5_000, poolSize: CALLERS });

let primary = await PostgresCluster.start();
let store = await open(primary);
await store.ensureSchema();
let standby = await primary.standby({ synchronous: true });
const completed: { readonly key: string; readonly token: string }[] = [];
const fences = new Map<string, number>();
const wrong: string[] = [];
const refused = new Map<string, number>();
let running = true;

async function worker(name: number): Promise<void> {
  for (let i = 0; running; i += 1) {
    const [key, token, own] = [`${name}-${i}`, createToken(), store];
    try {
      const claim = await own.claim(key, { token, lease: LEASE });
      if (claim.outcome !== 'acquired') wrong.push(`${key}: a key of its own is ${claim.outcome}`);
      if (await own.complete(key, token, Buffer.from(key), LEASE)) completed.push({ key, token });
      await riseOn(own, 'shared');
    } catch (error) {
      if (!isIdempotencyError(error)) throw error;
      refused.set(error.code, (refused.get(error.code) ?? 0) + 1);
      await sleep(20);
    }
  }
}

async function riseOn(own: PostgresStore, key: string): Promise<void> {
  const token = createToken();
  const claim = await own.claim(key, { token, lease: LEASE });
  if (claim.outcome !== 'acquired') return;
  if (claim.fence <= (fences.get(key) ?? 0)) wrong.push(`${key}: fence ${claim.fence} fell`);
  fences.set(key, claim.fence);
  await own.release(key, token);
}

const workers = Array.from({ length: CALLERS }, (_, name) => worker(name));
const end = performance.now() + seconds * 1_000;
let failovers = 0;
while (performance.now() < end) {
  await sleep(2_000);
  const [old, oldStore] = [primary, store];
  await old.crash();
  await standby.promote();
  // Nobody follows it yet, and what commits until then is on it alone.
  await standby.set({ synchronous_standby_names: '' });
  primary = standby;
  store = await open(primary);
  failovers += 1;
  await oldStore.close();
  await old.close();
  await store.remove('shared');
  standby = await primary.standby({ synchronous: true });
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
await Promise.all([primary.close(), standby.close()]);
console.log(
  `${failovers} failovers in ${seconds} s; ${completed.length} completions acknowledged; refused: ${JSON.stringify(Object.fromEntries(refused))}; wrong: ${wrong.length}`,
);
for (const line of wrong.slice(0, 20)) console.log(line);
process.exitCode = wrong.length === 0 ? 0 : 1;
