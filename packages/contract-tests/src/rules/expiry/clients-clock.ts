import { withWrongClock } from '../../engine/wrong-clock.ts';
import type { Rule, RuleContext } from '../../rule.ts';
import { RuleSkipped } from '../../skip.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG, ROUNDING } from '../kit/material.ts';
import { acquire, expectCompleted } from '../kit/steps.ts';
import type { Timeline } from '../kit/timeline.ts';

const { timed } = family('expiry');

const HOURS = 3_600_000;
const alone = { exclusive: true };

/** A backend may have no other clock than this process's: then a wrong clock is the backend's too. */
export async function refuseOwnClock(context: RuleContext, offset: number): Promise<void> {
  const { clock } = context;
  const right = await clock.now();
  const wrong = await withWrongClock(offset, () => clock.now());
  if (Math.abs(wrong - right) > Math.abs(offset) / 2) {
    throw new RuleSkipped("the backend's clock is the clock of this process");
  }
}

/** Writes with a wrong clock, then looks with the right one; and the other way round. */
async function expectNothingChanges(
  context: RuleContext,
  time: Timeline,
  offset: number,
): Promise<void> {
  const { store, expect } = context;
  await refuseOwnClock(context, offset);
  const [stored, claimed, kept] = [
    context.key('stored'),
    context.key('claimed'),
    context.key('kept'),
  ];
  const begun = await time.begin(time.short, () =>
    withWrongClock(offset, async () => {
      await store.store(kept, bytes('kept'), LONG);
      await store.store(stored, bytes('value'), time.short);
      return acquire(context, claimed, { lease: time.short });
    }),
  );
  const ask = () => store.claim(claimed, { token: context.token(), lease: LONG });
  for (const [who, look] of [
    ['the right clock', <T>(work: () => Promise<T>) => work()],
    ['the wrong clock', <T>(work: () => Promise<T>) => withWrongClock(offset, work)],
  ] as const) {
    const found = await time.before(begun.end, () => look(() => store.find(stored)));
    expect.same(`find during the ttl, with ${who}`, found, bytes('value'));
    const result = await time.before(begun.end, () => look(ask));
    const { leaseRemaining } = expect.inProgress(`a claim during the lease, with ${who}`, result);
    const expected = `at most the lease of ${time.short} ms`;
    expect.that(
      'leaseRemaining',
      leaseRemaining <= time.short + ROUNDING,
      expected,
      leaseRemaining,
    );
  }
  const renewed = await time.before(begun.end, () =>
    withWrongClock(offset, () => store.renew(claimed, begun.result.token, time.short)),
  );
  expect.same('renew during the lease, with the wrong clock', renewed, true);
  const end = {
    earliest: begun.end.earliest,
    latest: (await context.clock.now()) + time.short + 2,
  };
  await time.at(end);
  await withWrongClock(offset, async () => {
    expect.same("find at the ttl's end, with the wrong clock", await store.find(stored), null);
    expect.acquired("a claim at the lease's end, with the wrong clock", await ask());
  });
  await expectCompleted(context, 'what had a long ttl', kept, bytes('kept'));
}

/** Expiry and leases are judged by the backend's clock alone. */
export const clientsClockRules: readonly Rule[] = [
  timed(
    'clients-clock-fast',
    'A client whose clock is hours fast changes nothing: expiry and leases go by the backend.',
    (context, time) => expectNothingChanges(context, time, 5 * HOURS),
    alone,
  ),
  timed(
    'clients-clock-slow',
    'A client whose clock is hours slow changes nothing: expiry and leases go by the backend.',
    (context, time) => expectNothingChanges(context, time, -5 * HOURS),
    alone,
  ),
  timed(
    'clients-clock-and-fences',
    'A client whose clock is wrong is given a greater fence than the claims before it, and does not spoil those after it.',
    async (context) => {
      await refuseOwnClock(context, 5 * HOURS);
      const key = context.key();
      const fences: number[] = [];
      for (const offset of [0, 5 * HOURS, 0, -5 * HOURS, 0]) {
        const { fence, token } = await withWrongClock(offset, () => acquire(context, key));
        fences.push(fence);
        await context.store.release(key, token);
      }
      const rising = fences.every((fence, i) => i === 0 || fence > (fences[i - 1] ?? 0));
      context.expect.that('the fences', rising, 'each greater than the one before', fences);
    },
    alone,
  ),
];
