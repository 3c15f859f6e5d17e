import { now } from '../../model/monotonic.ts';
import { idOf, type Move, moves } from '../../moves.ts';
import type { Rule, RuleContext } from '../../rule.ts';
import { RuleSkipped } from '../../skip.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG } from '../kit/material.ts';
import { situations } from '../kit/situations.ts';
import { acquire } from '../kit/steps.ts';

const { rule, timed } = family('concurrency');

const AT_ONCE = 100;
const RECORDS = 1_200;
/** Milliseconds after which no more records are made. */
const ENOUGH = 20_000;

async function expectManyAtOnce(move: Move, context: RuleContext): Promise<void> {
  const { store, expect } = context;
  const all = await situations(move, context, AT_ONCE);
  const answers = await Promise.allSettled(all.map((each) => each.act(store)));
  for (const [i, answer] of answers.entries()) {
    const what = `${move} number ${i + 1} of ${AT_ONCE} at once on one client`;
    if (answer.status === 'rejected') expect.that(what, false, 'an answer', answer.reason);
    else expect.that(what, all[i]?.isRight(answer.value) === true, 'its answer', answer.value);
  }
}

/** Many at once on one client, and many records. */
export const loadRules: readonly Rule[] = [
  ...moves.map((move) =>
    rule(
      `many-at-once-in-${idOf(move)}`,
      `A hundred times ${move} at once on one client, on as many keys: each is answered as it would be alone.`,
      (context) => expectManyAtOnce(move, context),
      { proves: { property: 'load', moves: [move] } },
    ),
  ),

  rule(
    'many-records',
    'However many keys there are, none is forgotten to make room: 1,200 results and claims are all there.',
    async (context) => {
      const { store, expect } = context;
      const token = context.token();
      const batches: string[][] = [];
      const end = now() + ENOUGH;
      while (batches.length * AT_ONCE < RECORDS && now() < end) {
        const batch = Array.from({ length: AT_ONCE }, () => context.key());
        const made = batch.map((key, i) =>
          i % 2 === 0
            ? store.store(key, bytes(key), LONG)
            : store.claim(key, { token, lease: LONG }),
        );
        await Promise.all<unknown>(made);
        batches.push(batch);
      }
      let lost = 0;
      for (const batch of batches) {
        const there = await Promise.all(
          batch.map((key, i) => (i % 2 === 0 ? store.exists(key) : store.renew(key, token, LONG))),
        );
        lost += there.filter((each) => !each).length;
      }
      const count = batches.length * AT_ONCE;
      expect.same(`how many of ${count} records are not there`, lost, 0);
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
    'However many keys are claimed and released meanwhile, a lapse is remembered, and the fence of what was released.',
    async (context, time) => {
      const { store, expect } = context;
      const released = await acquire(context, context.key('released'));
      await store.release(released.key, released.token);
      const lapsed = context.key('lapsed');
      const { end } = await time.begin(time.short, () =>
        acquire(context, lapsed, { lease: time.short }),
      );
      await time.at(end);
      for (let round = 0; round < 3; round += 1) {
        const all = await situations('release', context, AT_ONCE);
        await Promise.all(all.map((each) => each.act(store)));
      }
      const next = await acquire(context, lapsed, { what: 'a claim of what had lapsed' });
      expect.same('its takeover', next.takeover, true);
      const { fence } = await acquire(context, released.key);
      const greater = fence > released.fence;
      expect.that('the fence after a release', greater, `more than ${released.fence}`, fence);
    },
    { proves: { property: 'load', moves: ['claim', 'release'] } },
  ),
];
