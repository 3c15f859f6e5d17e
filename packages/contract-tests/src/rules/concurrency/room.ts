import { type IdempotencyStore, isIdempotencyError } from '@idem/core';
import { now } from '../../model/monotonic.ts';
import type { Rule, RuleContext } from '../../rule.ts';
import { RuleSkipped } from '../../skip.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG } from '../kit/material.ts';
import { settled } from '../kit/settled.ts';
import { situations } from '../kit/situations.ts';
import { acquire, acquireAndComplete, expectCompleted, expectHeld } from '../kit/steps.ts';

const { rule, timed } = family('concurrency');

const AT_ONCE = 100;
const RECORDS = 1_200;
/** A backend that is quick is given more in the time that the first ones may take, in milliseconds. */
const MOST_RECORDS = 20_000;
const QUICK = 300;
/** How often the largest value is replaced where that is quick: more than a quarter of a gibibyte. */
const MOST_TIMES = 20;
/** Milliseconds after which no more records are made. */
const ENOUGH = 20_000;
const LARGEST = 16 * 1024 * 1024;

/** How many of the largest values are kept at once, at the least and at the most: more where they are taken quickly. */
const LEAST_LARGE = 3;
const MOST_LARGE = { quick: 8, long: 14 } as const;
const QUICK_LARGE = 900;
/** How many small records come after them, each of which may push something out. */
const AFTERWARDS = 4_000;
const QUICK_SMALL = 100;

/** Refuses no more than the contract allows: a full backend says so, and has not forgotten anything for it. */
async function storedUnlessFull(store: () => Promise<void>): Promise<boolean> {
  try {
    await store();
    return true;
  } catch (error) {
    if (isIdempotencyError(error, 'IDEM_STORE_FULL') && error.retryable) return false;
    throw error;
  }
}

function printOf(key: string): string {
  return key.slice(-64);
}

async function hasOwnValue(store: IdempotencyStore, key: string): Promise<boolean> {
  const value = await store.find(key);
  return value !== null && Buffer.compare(value, bytes(key)) === 0;
}

async function hasOwnClaim(store: IdempotencyStore, key: string): Promise<boolean> {
  const seen = await store.inspect(key);
  return seen.state === 'claimed' && seen.fingerprint === printOf(key);
}

/** Stores small records for a moment: where one is dropped for each that comes, those of earlier rules may go first. */
async function manySmall({ store, key }: RuleContext): Promise<string[]> {
  const small: string[] = [];
  for (const begun = now(); small.length < AFTERWARDS && now() - begun < QUICK_SMALL; ) {
    const batch = Array.from({ length: AT_ONCE }, () => key('small'));
    const stored = batch.map((each) =>
      storedUnlessFull(() => store.store(each, bytes(each), LONG)),
    );
    await Promise.all(stored);
    small.push(...batch);
  }
  return small;
}

/** Many records, and large ones: none is forgotten to make room for others. */
export const roomRules: readonly Rule[] = [
  rule(
    'many-records',
    'However many keys there are, none is forgotten to make room: 1,200 results and claims are all there.',
    async (context) => {
      const { store, expect } = context;
      const token = context.token();
      const batches: string[][] = [];
      const begun = now();
      const isEnough = (count: number, time: number): boolean =>
        time > ENOUGH || count >= MOST_RECORDS || (count >= RECORDS && time > QUICK);
      while (!isEnough(batches.length * AT_ONCE, now() - begun)) {
        const batch = Array.from({ length: AT_ONCE }, () => context.key());
        const made = batch.map((key, i) =>
          i % 2 === 0
            ? store.store(key, bytes(key), LONG)
            : store.claim(key, { token, lease: LONG, fingerprint: printOf(key) }),
        );
        await Promise.all<unknown>(made);
        batches.push(batch);
      }
      let lost = 0;
      for (const batch of batches) {
        const there = await Promise.all(
          batch.map((key, i) => (i % 2 === 0 ? hasOwnValue(store, key) : hasOwnClaim(store, key))),
        );
        lost += there.filter((each) => !each).length;
      }
      const count = batches.length * AT_ONCE;
      // What a quick backend has many of is in nobody's way later.
      if (count > RECORDS) {
        for (const batch of batches) await Promise.all(batch.map((key) => store.remove(key)));
      }
      expect.same(`how many of ${count} records are not there as they were`, lost, 0);
      if (count < RECORDS) {
        throw new RuleSkipped(
          `the backend was too slow to be judged: it took ${count} records in ${ENOUGH / 1_000} s, and none was missing`,
        );
      }
    },
    { proves: { property: 'load', moves: ['store', 'claim'] } },
  ),

  timed(
    'many-claims-keep-what-is-owed',
    'However many keys are claimed and released meanwhile, a lapse is remembered, and the fence of what was released or removed.',
    async (context, time) => {
      const { store, expect } = context;
      const lapsed = context.key('lapsed');
      const { end } = await time.begin(time.short, () =>
        acquire(context, lapsed, { lease: time.short }),
      );
      await time.at(end);
      // Where the clock is driven, no time passes from here: the memory alone makes fences grow.
      const released = await acquire(context, context.key('released'));
      await store.release(released.key, released.token);
      const removed = await acquire(context, context.key('removed'));
      await store.remove(removed.key);
      const done = await acquireAndComplete(context, context.key('completed and removed'));
      await store.remove(done.key);
      for (let round = 0; round < 3; round += 1) {
        const all = await situations('release', context, AT_ONCE);
        await Promise.all(all.map((each) => each.act(store)));
      }
      const next = await acquire(context, lapsed, { what: 'a claim of what had lapsed' });
      expect.same('its takeover', next.takeover, true);
      for (const { key, fence } of [released, removed, done]) {
        const again = await acquire(context, key);
        const greater = again.fence > fence;
        expect.that('the fence after its end', greater, `more than ${fence}`, again.fence);
      }
    },
    { proves: { property: 'load', moves: ['claim', 'release'] } },
  ),

  rule(
    'room-comes-back',
    'The room of what was replaced, removed or released comes back: a store that took the largest value twice takes it again and again.',
    async (context) => {
      const { store, expect } = context;
      const value = new Uint8Array(LARGEST).fill(0x5a);
      const [key, small] = [context.key('replaced'), context.key('small')];
      const ways: readonly (() => Promise<unknown>)[] = [
        () => store.store(key, value, LONG),
        async () => {
          await store.store(key, value, LONG);
          await store.remove(key);
        },
        async () => {
          const { token } = await acquire(context, key);
          await store.complete(key, token, value, LONG);
          await store.remove(key);
        },
      ];
      let slow = false;
      // What is in this process alone costs nothing but its memory.
      const shared = store.supports.sharing.promised;
      for (const [nth, way] of ways.entries()) {
        if (slow) break;
        await store.remove(key);
        const begun = now();
        for (let time = 1; time <= MOST_TIMES; time += 1) {
          // What it had no room for twice, it need not take.
          if (time <= 2 && !(await storedUnlessFull(async () => void (await way())))) return;
          if (time > 2) await way();
          slow ||= shared && time <= 2 && now() - begun > QUICK;
          if (time >= 2 && shared && now() - begun > QUICK) break;
        }
        await store.store(small, bytes(`${nth}`), LONG);
        expect.same('what was stored then', await store.find(small), bytes(`${nth}`));
      }
      await store.remove(key);
    },
    { proves: { property: 'load', moves: ['store', 'remove', 'complete'] } },
  ),

  rule(
    'many-bytes',
    'However large the values are together, and in one turn, none is forgotten to make room, and no claim: what does not fit is refused.',
    async (context) => {
      const { store, expect } = context;
      const stored = context.key('stored');
      await store.store(stored, bytes('stored'), LONG);
      const done = await acquireAndComplete(context, context.key('completed'));
      const held = await acquire(context, context.key('held'), { fingerprint: 'print' });
      const released = await acquire(context, context.key('released'));
      await store.release(released.key, released.token);
      const large: string[] = [];
      const value = new Uint8Array(LARGEST).fill(0xa5);
      const most = MOST_LARGE[context.budget];
      const begun = now();
      const put = async (nth: number): Promise<boolean> => {
        const key = context.key('large');
        value[0] = nth;
        const stored = settled(() => storedUnlessFull(() => store.store(key, value, LONG)));
        if (!(await stored)) return false;
        large.push(key);
        return true;
      };
      // The first ones in one turn: a request that holds them all may be larger than any may be.
      const first = await Promise.all(Array.from({ length: LEAST_LARGE }, (_, nth) => put(nth)));
      for (let nth = LEAST_LARGE; nth < most && first.every((done) => done); nth += 1) {
        if (context.budget === 'quick' && now() - begun > QUICK_LARGE) break;
        if (!(await put(nth))) break;
      }
      const small = await manySmall(context);
      const after = `after ${large.length} values of 16 MiB`;
      await expectCompleted(context, `what was stored, ${after}`, stored, bytes('stored'));
      await expectCompleted(context, `a result, ${after}`, done.key, bytes('result'));
      await expectHeld(context, `a claim, ${after}`, held.key, 'print');
      const next = await acquire(context, released.key);
      const grown = next.fence > released.fence;
      expect.that(`the fence, ${after}`, grown, `more than ${released.fence}`, next.fence);
      const there = await Promise.all(large.map((key) => store.exists(key)));
      expect.same(`how many are not there ${after}`, there.filter((each) => !each).length, 0);
      await Promise.all([...large, ...small].map((key) => store.remove(key)));
    },
    { proves: { property: 'load', moves: ['store', 'complete', 'claim'] } },
  ),
];
