import { isAbsent } from '../../harness.ts';
import { now } from '../../model/monotonic.ts';
import { idOf, type Move } from '../../moves.ts';
import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG } from '../kit/material.ts';
import { acquire, type Holder } from '../kit/steps.ts';

const { rule } = family('claim');

const HOUR = 3_600_000;
/** A minute, an hour, longer than a lapse is remembered, longer than 31 bits of milliseconds. */
const GAPS = [60_000, HOUR, 25 * HOUR, 40 * 24 * HOUR];
const QUICK = 25;
/** How many more, in how many milliseconds. */
const MORE = 1_000;
const PATIENCE = 300;

type Ending = Extract<Move, 'release' | 'remove' | 'complete' | 'store'>;

/** Ends a claim so that the key may be claimed again. */
const END: Readonly<Record<Ending, (context: RuleContext, holder: Holder) => Promise<unknown>>> = {
  release: ({ store }, { key, token }) => store.release(key, token),
  remove: ({ store }, { key }) => store.remove(key),
  complete: async ({ store }, { key, token }) => {
    await store.complete(key, token, bytes('result'), LONG);
    await store.remove(key);
  },
  store: async ({ store }, { key }) => {
    await store.store(key, bytes('stored'), LONG);
    await store.remove(key);
  },
};

const ENDINGS: readonly Ending[] = ['release', 'remove', 'complete', 'store'];

async function expectGrowth(ending: Ending, context: RuleContext): Promise<void> {
  const { expect, harness } = context;
  const key = context.key();
  let last = 0;
  const next = async (when: string): Promise<void> => {
    const holder = await acquire(context, key);
    const grown = Number.isSafeInteger(holder.fence) && holder.fence > last;
    expect.that(`the fence ${when}`, grown, `a whole number above ${last}`, holder.fence);
    last = holder.fence;
    await END[ending](context, holder);
  };
  for (let round = 1; round <= QUICK; round += 1) await next(`of quick claim ${round} of ${QUICK}`);
  // A clock alone is only found out by two claims within one of its ticks.
  const begun = now();
  for (let more = 1; ending === 'release' && more <= MORE && now() - begun < PATIENCE; more += 1) {
    await next(`of quick claim ${QUICK + more}`);
  }
  const { clock } = harness;
  if (isAbsent(clock) || !clock.driven) return;
  for (const gap of GAPS) {
    await clock.reach((await clock.now()) + gap);
    // Twice: what forgot, and begins anew, may be greater by luck once.
    await next(`${gap / 60_000} minutes after the last claim had ended`);
    await next('right after it');
  }
}

/** What stands in the row of a result or a lapse ends by itself: the same with its time. */
async function expectGrowthAfterTime(
  context: RuleContext,
  what: string,
  begin: (holder: Holder) => Promise<unknown>,
  lease: number,
): Promise<void> {
  const { expect, harness } = context;
  const { clock } = harness;
  if (isAbsent(clock)) return;
  const key = context.key();
  let last = 0;
  for (const gap of clock.driven ? [1, ...GAPS] : [50, 50]) {
    const holder = await acquire(context, key, { lease });
    expect.that(`the fence after ${what}`, holder.fence > last, `above ${last}`, holder.fence);
    last = holder.fence;
    await begin(holder);
    await clock.reach((await clock.now()) + gap + 60);
  }
}

/** A fence is greater than all before it: however quickly the next claim follows, and however late. */
export const fenceMatrix: readonly Rule[] = [
  ...ENDINGS.map((ending) =>
    rule(
      `fences-after-${idOf(ending)}`,
      `Fences grow however quickly or late a claim follows one that ${ending} ended: in the same millisecond, a minute, an hour, a month later.`,
      (context) => expectGrowth(ending, context),
      { proves: { property: 'fences', moves: [ending, 'claim'], driven: true } },
    ),
  ),

  rule(
    'fences-after-an-expiry',
    'Fences grow however late a claim follows a result that expired.',
    (context) =>
      expectGrowthAfterTime(
        context,
        'an expiry',
        ({ key, token }) => context.store.complete(key, token, bytes('result'), 50),
        LONG,
      ),
    { needs: ['clock'], proves: { property: 'fences', moves: ['complete'], driven: true } },
  ),

  rule(
    'fences-after-a-lapse',
    'Fences grow however late a claim follows one that lapsed.',
    (context) => expectGrowthAfterTime(context, 'a lapse', async () => {}, 50),
    { needs: ['clock'], proves: { property: 'fences', moves: ['claim'], driven: true } },
  ),
];
