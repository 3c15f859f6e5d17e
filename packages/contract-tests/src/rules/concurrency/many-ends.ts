import { now } from '../../model/monotonic.ts';
import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { LONG } from '../kit/material.ts';

const { timed } = family('concurrency');

const AT_ONCE = 100;
const LAPSES = 1_100;
/** A backend that is quick is given more, for so many milliseconds. */
const MOST_LAPSES = 6_000;
const QUICK = 25;
/** Milliseconds after which a slow one is given no more. */
const PATIENCE = 2_000;
/** How many of the oldest are claimed anew. */
const CLAIMED = 200;
const RELEASED = 1_100;

interface Ended {
  readonly key: string;
  readonly fence: number;
}

/** Claims as many keys, in batches. */
async function claimMany(
  context: RuleContext,
  lease: number,
  isEnough: (count: number, time: number) => boolean,
): Promise<Ended[]> {
  const { store, expect, token } = context;
  const all: Ended[] = [];
  const held = token();
  for (const begun = now(); !isEnough(all.length, now() - begun); ) {
    const batch = await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        const key = context.key();
        const claim = expect.acquired('a claim', await store.claim(key, { token: held, lease }));
        // A claim that is to be over at once is released, where it is not left to lapse.
        if (lease === LONG) await store.release(key, held);
        return { key, fence: claim.fence };
      }),
    );
    all.push(...batch);
  }
  return all;
}

/** Looks at all of them, and answers how many the store says are owed a takeover. */
async function owedOf({ store }: RuleContext, all: readonly Ended[]): Promise<number> {
  let owed = 0;
  for (let at = 0; at < all.length; at += AT_ONCE) {
    const batch = all.slice(at, at + AT_ONCE);
    const seen = await Promise.all(batch.map(({ key }) => store.inspect(key)));
    owed += seen.filter((each) => each.state === 'vacant' && each.takeover).length;
  }
  return owed;
}

async function expectClaims(
  { store, expect, token }: RuleContext,
  what: string,
  all: readonly Ended[],
  takeover: boolean,
): Promise<void> {
  const results = await Promise.all(
    all.map(({ key }) => store.claim(key, { token: token(), lease: LONG })),
  );
  const right = results.filter(
    (result, i) =>
      result.outcome === 'acquired' &&
      result.takeover === takeover &&
      result.fence > (all[i]?.fence ?? 0),
  );
  const expected = `with takeover ${takeover} and a greater fence`;
  expect.same(`of ${all.length} claims ${what}, ${expected}`, right.length, all.length);
}

/** When a host dies its claims lapse together. */
export const manyEndRules: readonly Rule[] = [
  timed(
    'many-that-end-are-all-owed',
    'However many claims lapse together, as when a host dies, each is remembered; and the fence of each, however many were released.',
    async (context, time) => {
      const { expect } = context;
      const { result: lapsed, end } = await time.begin(1, () =>
        claimMany(
          context,
          1,
          (count, passed) =>
            passed > PATIENCE || count >= MOST_LAPSES || (count >= LAPSES && passed > QUICK),
        ),
      );
      await time.at(end);
      const owed = await owedOf(context, lapsed);
      expect.same(`of ${lapsed.length} that lapsed, with a takeover owed`, owed, lapsed.length);
      await expectClaims(context, 'of what lapsed', lapsed.slice(0, CLAIMED), true);
      // Where a clock runs, it alone makes the next fence greater.
      if (!time.driven) return;
      const released = await claimMany(context, LONG, (count) => count >= RELEASED);
      await expectClaims(context, 'of what was released', released, false);
    },
  ),
];
