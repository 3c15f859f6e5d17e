import { createToken, type IdempotencyStore } from '@idem/core';
import { MemoryStore } from '@idem/memory';

const collect = globalThis.gc;
if (collect === undefined) throw new Error('run with --expose-gc');

let now = 0;
const store: IdempotencyStore = new MemoryStore({ clock: () => now });

function heap(): number {
  // Array buffers are only freed by the collection after the one that found them.
  collect?.();
  collect?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function churn(from: number, to: number): Promise<void> {
  for (let i = from; i < to; i++) {
    const token = createToken();
    await store.claim(`key ${i}`, { token, lease: 1000 });
    // One in a thousand is left to lapse, and is forgotten a day later.
    if (i % 1000 !== 0) await store.complete(`key ${i}`, token, new Uint8Array(100), 10_000);
    now += 100;
  }
  now += 2 * 86_400_000;
  for (let i = 0; i < 1000; i++) await store.find('any');
}

await churn(0, 100_000);
const before = heap();
await churn(100_000, 500_000);
const grown = heap() - before;

// A key cut from a megabyte of text must not keep the megabyte.
const start = heap();
for (let i = 0; i < 100; i++) {
  const text = `${i} `.repeat(350_000);
  await store.store(text.slice(0, 100 + i), new Uint8Array(0), 1_000_000);
}
const pinned = heap() - start;

// What `maxBytes` counts is what the heap holds.
const full = new MemoryStore();
const held = await fill(full, 100_000, 200);
const heldLong = await fill(new MemoryStore(), 10_000, 5_000);

async function fill(store: MemoryStore, records: number, bytes: number): Promise<number> {
  const empty = heap();
  for (let i = 0; i < records; i++) await store.store(`key ${i}`, new Uint8Array(bytes), 1_000_000);
  return (heap() - empty) / store.usage.bytes;
}

// Watching leaves nothing behind: neither what stopped by itself nor what its client's close stopped.
const quiet = heap();
for (let i = 0; i < 200_000; i++) store.watch(`watched ${i}`, () => {})();
const closed = new MemoryStore({ shareWith: full });
for (let i = 0; i < 200_000; i++) closed.watch(`watched ${i}`, () => {});
await closed.close();
const watched = heap() - quiet;

console.log(JSON.stringify({ grown, pinned, held, heldLong, watched }));
