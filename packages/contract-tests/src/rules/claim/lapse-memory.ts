import type { Move } from '../../moves.ts';
import type { Rule, RuleContext } from '../../rule.ts';
import { RuleSkipped } from '../../skip.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG } from '../kit/material.ts';
import { acquire, type Holder } from '../kit/steps.ts';
import type { Timeline } from '../kit/timeline.ts';

const { timed } = family('claim');

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

type Act = (context: RuleContext, holder: Holder, lease: number) => Promise<unknown>;

/** What gives a claim the lease that lapses: the memory counts from its end, whenever the claim began. */
const LEASES: Readonly<Record<Extract<Move, 'claim' | 'claim again' | 'renew'>, Act>> = {
  claim: async () => {},
  'claim again': ({ store }, { key, token }, lease) => store.claim(key, { token, lease }),
  renew: ({ store }, { key, token }, lease) => store.renew(key, token, lease),
};

/** What comes too late, and neither shortens nor lengthens the memory. */
const LATE: Readonly<
  Record<Extract<Move, 'complete' | 'complete again' | 'release' | 'remove' | 'inspect'>, Act>
> = {
  complete: ({ store }, { key, token }) => store.complete(key, token, bytes('late'), LONG),
  'complete again': async ({ store }, { key, token }) => {
    await store.complete(key, token, bytes('late'), LONG);
    await store.complete(key, token, bytes('late'), LONG);
  },
  release: ({ store }, { key, token }) => store.release(key, token),
  remove: ({ store }, { key }) => store.remove(key),
  inspect: ({ store }, { key }) => store.inspect(key),
};

/** Leases of a moment, and of more than the day for which a lapse is remembered. */
const LENGTHS = [1_700, 40 * HOUR];

async function expectRemembered(
  context: RuleContext,
  what: string,
  key: string,
  lapsed: number,
): Promise<void> {
  const { store, expect, clock } = context;
  await clock.reach(lapsed + DAY - 1);
  expect.same(`inspect a day after ${what}`, await store.inspect(key), {
    ...{ state: 'vacant', takeover: true },
  });
  const { takeover } = await acquire(context, key);
  expect.same(`takeover of a claim a day after ${what}`, takeover, true);
}

function drivenOnly(driven: boolean): void {
  if (!driven) throw new RuleSkipped('a day cannot be waited for: the clock is not driven');
}

function keysOf<K extends string>(of: Readonly<Record<K, unknown>>): K[] {
  const isKey = (name: string): name is K => name in of;
  return Object.keys(of).filter(isKey);
}

/** A lapse is remembered for a day from the end of the lease, however the lease came to end then. */
export const lapseMemoryRules: readonly Rule[] = [
  timed(
    'lapse-remembered-from-its-end',
    'A lapse is remembered for 24 hours from the end of the lease, whichever move gave that and however long it was; also of a takeover.',
    async (context, time) => {
      drivenOnly(time.driven);
      for (const move of keysOf(LEASES)) {
        for (const length of LENGTHS) {
          for (const what of ['a claim', 'a takeover']) {
            await expectFromItsEnd(context, time, move, length, what);
          }
        }
      }
    },
    { proves: { property: 'lapses', moves: keysOf(LEASES), driven: true } },
  ),

  timed(
    'lapse-remembered-beside-what-comes-late',
    'A lapse is remembered for 24 hours whatever comes too late meanwhile, and however often.',
    async (context, time) => {
      drivenOnly(time.driven);
      for (const move of keysOf(LATE)) {
        const { result: holder, end } = await time.begin(time.short, () =>
          acquire(context, context.key(), { lease: time.short }),
        );
        await time.at(end);
        for (const wait of [0, HOUR]) {
          await time.pass(wait);
          await LATE[move](context, holder, LONG);
        }
        await expectRemembered(context, `a lapse and a late ${move}`, holder.key, end.latest);
      }
    },
    { proves: { property: 'lapses', moves: keysOf(LATE), driven: true } },
  ),
];

async function expectFromItsEnd(
  context: RuleContext,
  time: Timeline,
  move: keyof typeof LEASES,
  length: number,
  what: string,
): Promise<void> {
  const key = context.key();
  if (what === 'a takeover') {
    await acquire(context, key, { lease: time.short });
    await time.pass(time.short);
  }
  const holder = await acquire(context, key, { lease: move === 'claim' ? length : LONG });
  if (move !== 'claim') await time.pass(LONG / 2);
  const { end } = await time.begin(length, () => LEASES[move](context, holder, length));
  const lapse = `the lapse of ${what} of ${length} ms, by ${move}`;
  await expectRemembered(context, lapse, key, end.latest);
}
