import { createToken } from '@idem/core';
import { MemoryStore } from '@idem/memory';

/**
 * What a memory store costs beside a bare Map, and what a claim costs among a million live keys
 * beside a thousand. All in one run, interleaved; ratios are what counts.
 */
const ROUNDS = 7;
const COUNT = 50_000;
const HOUR = 3_600_000;
const value: Uint8Array = new Uint8Array(200);
const bounds = { maxEntries: 5_000_000, maxBytes: 2 ** 34 };

let made = 0;

/** Nanoseconds for each of `COUNT` calls. */
async function time(work: (key: string) => Promise<unknown>): Promise<number> {
  const keys = Array.from({ length: COUNT }, () => `payment:${made++}`);
  const start = process.hrtime.bigint();
  for (const key of keys) await work(key);
  return Number(process.hrtime.bigint() - start) / COUNT;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}

async function filled(entries: number): Promise<MemoryStore> {
  const store = new MemoryStore(bounds);
  for (let i = 0; i < entries; i++) await store.store(`live:${i}`, value, HOUR + (i % 1000));
  return store;
}

async function claimAndRelease(store: MemoryStore, key: string): Promise<void> {
  const token = createToken();
  await store.claim(key, { token, lease: 30_000 });
  await store.release(key, token);
}

const small = await filled(1000);
const large = await filled(1_000_000);
const contenders: Record<string, (key: string) => Promise<unknown>> = {
  'Map set + get, awaited': async (key) => {
    map.set(key, value);
    return map.get(key);
  },
  'createToken, awaited': async () => createToken(),
  'claim + complete': async (key) => {
    const token = createToken();
    await store.claim(key, { token, lease: 30_000 });
    await store.complete(key, token, value, HOUR);
  },
  'Map get, awaited': async () => map.get('replayed'),
  replay: () => store.claim('replayed', { token: 'x'.repeat(22), lease: 30_000 }),
  'claim + release, 1,000 live keys': (key) => claimAndRelease(small, key),
  'claim + release, 1,000,000 live keys': (key) => claimAndRelease(large, key),
};

let map = new Map<string, Uint8Array>();
let store = new MemoryStore(bounds);
const seen = new Map<string, number[]>();
for (let round = 0; round <= ROUNDS; round++) {
  map = new Map([['replayed', value]]);
  store = new MemoryStore(bounds);
  await store.store('replayed', value, HOUR);
  for (const [name, work] of Object.entries(contenders)) {
    const cost = await time(work);
    // The first round warms up.
    if (round > 0) seen.set(name, [...(seen.get(name) ?? []), cost]);
  }
}

const cost = (name: string): number => median(seen.get(name) ?? []);
for (const name of Object.keys(contenders)) {
  console.log(`${name.padEnd(38)} ${cost(name).toFixed(0).padStart(7)} ns`);
}
const ratio = (label: string, a: string, b: string): void =>
  console.log(`${label.padEnd(38)} ${(cost(a) / cost(b)).toFixed(1).padStart(7)} ×`);
console.log(`\nmedians of ${ROUNDS} rounds of ${COUNT} calls, Node ${process.version}`);
ratio('claim + complete to a bare Map', 'claim + complete', 'Map set + get, awaited');
ratio('replay to a bare Map', 'replay', 'Map get, awaited');
ratio(
  'claim among 1,000,000 to among 1,000',
  'claim + release, 1,000,000 live keys',
  'claim + release, 1,000 live keys',
);
