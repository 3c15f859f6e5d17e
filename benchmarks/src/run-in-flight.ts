/**
 * Ten thousand runs in flight at once over the memory store: whether each is renewed as often as it
 * should be, counted at the store, how many timers the process has for them, and what memory one
 * takes. `--quick` with shorter leases.
 */
import { createHook } from 'node:async_hooks';
import { Idempotency } from '@idem/core';
import { MemoryStore } from '@idem/memory';
import { judgeCount, summary } from './support/bars.ts';
import { quantile } from './support/side-by-side.ts';
import { BODY, fingerprintOf, RESULT, recordKey, SCOPE, TTL } from './support/work.ts';

const RUNS = 10_000;
const LEASE = process.argv.includes('--quick') ? 1_500 : 6_000;
const THIRD = LEASE / 3;
/** In the middle between two renewals, so that a late one is still counted and a missing one seen. */
const OBSERVED = 5.5 * THIRD;

class CountingStore extends MemoryStore {
  /** By key: when it was claimed, and then each renewal. */
  readonly sent = new Map<string, number[]>();

  override claim(...args: Parameters<MemoryStore['claim']>): ReturnType<MemoryStore['claim']> {
    this.sent.set(args[0], [performance.now()]);
    return super.claim(...args);
  }

  override renew(...args: Parameters<MemoryStore['renew']>): ReturnType<MemoryStore['renew']> {
    this.sent.get(args[0])?.push(performance.now());
    return super.renew(...args);
  }
}

const timers = await countTimers();
judgeCount('timers in the process', 1, timers);
const bytes = await measureMemory();
console.log(`       memory of one run in flight beyond its record: ${bytes.toFixed(0)} bytes`);
for (const [how, spread] of [
  ['claimed at once', 0],
  ['claimed over one renewal interval', THIRD],
] as const) {
  const { counts, gaps } = await observeRenewals(spread);
  const wrong = counts.filter((count) => count !== Math.floor(OBSERVED / THIRD)).length;
  judgeCount(`runs not renewed 5 times in 5.5 thirds, ${how}`, 0, wrong);
  const [half, most, last] = [0.5, 0.99, 1].map((share) => quantile(gaps, share) / THIRD);
  console.log(
    `       between two renewals, in thirds of the lease: median ${half?.toFixed(3)}, p99 ${most?.toFixed(3)}, longest ${last?.toFixed(3)}`,
  );
}
console.log(summary(`${RUNS.toLocaleString('en')} runs, lease ${LEASE} ms`));

/** Starts runs that end when told, in as many steps as there are groups. */
async function start(store: MemoryStore, spread: number): Promise<() => Promise<void>> {
  const idempotency = new Idempotency({ store, ttl: TTL, lease: LEASE, scope: SCOPE });
  let answer: (result: typeof RESULT) => void = () => {};
  const answered = new Promise<typeof RESULT>((resolve) => {
    answer = resolve;
  });
  const runs: Promise<unknown>[] = [];
  const groups = spread === 0 ? 1 : 50;
  for (let group = 0; group < groups; group += 1) {
    for (let run = 0; run < RUNS / groups; run += 1) {
      runs.push(idempotency.run(`${group}-${run}`, () => answered, { fingerprint: BODY }));
    }
    if (group < groups - 1) await pause(spread / groups);
  }
  await new Promise((next) => setImmediate(next));
  return async () => {
    answer(RESULT);
    await Promise.all(runs);
  };
}

async function countTimers(): Promise<number> {
  // What `process.getActiveResourcesInfo` leaves out: timers that do not keep the process alive.
  const alive = new Set<number>();
  const hook = createHook({
    init: (id, type) => void (type === 'Timeout' && alive.add(id)),
    destroy: (id) => void alive.delete(id),
  }).enable();
  const end = await start(new MemoryStore(), 0);
  const count = alive.size;
  hook.disable();
  await end();
  return count;
}

async function measureMemory(): Promise<number> {
  const store = new MemoryStore();
  const before = heap();
  for (let run = 0; run < RUNS; run += 1) {
    const token = 'x'.repeat(17) + `${run}`.padStart(5, '0');
    const fingerprint = fingerprintOf(BODY);
    await store.claim(recordKey(`0-${run}`), { token, lease: 3_600_000, fingerprint });
  }
  const claimed = heap() - before;
  const again = new MemoryStore();
  const start0 = heap();
  const end = await start(again, 0);
  const running = heap() - start0;
  await end();
  return (running - claimed) / RUNS;
}

async function observeRenewals(
  spread: number,
): Promise<{ readonly counts: number[]; readonly gaps: number[] }> {
  const store = new CountingStore();
  const end = await start(store, spread);
  await pause(OBSERVED);
  const sent = [...store.sent.values()];
  await end();
  const counts = sent.map(([claimed = 0, ...renewals]) => {
    return renewals.filter((at) => at - claimed < OBSERVED).length;
  });
  const gaps = sent.flatMap((times) => times.slice(1).map((at, index) => at - (times[index] ?? 0)));
  return { counts, gaps };
}

function heap(): number {
  if (globalThis.gc === undefined) throw new Error('run it with node --expose-gc');
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function pause(delay: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delay));
}
