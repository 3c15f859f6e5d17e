import { isIdempotencyError } from '@idem/core';
import { isAbsent, type RecordPlanter } from '../../harness.ts';
import { now } from '../../model/monotonic.ts';
import { moves } from '../../moves.ts';
import type { Rule, RuleContext } from '../../rule.ts';
import { RuleSkipped } from '../../skip.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG } from '../kit/material.ts';
import { messagesOf, SECRET, SECRET_WRITTEN } from '../kit/messages.ts';
import { situations } from '../kit/situations.ts';
import { acquire, acquireAndComplete } from '../kit/steps.ts';

const { rule, timed } = family('corruption');

const needs = ['plant'] as const;

const DAY = 25 * 3_600_000;
/** How many other keys are claimed before one looks again. */
const OTHERS = 60;
const AMONG = 6;
/** Milliseconds in which a backend that is quick is given more of them: it may look at some rows with each. */
const QUICK = 200;

/** What cannot be read is not evidence that nothing was executed: only a person may clear it. */
export const corruptionRules: readonly Rule[] = [
  rule(
    'foreign-record-is-reported',
    'At a key where another program wrote something, every operation but remove rejects with IDEM_RECORD_CORRUPT.',
    async (context) => {
      const key = context.key();
      await planter(context).foreign(key);
      await everyOperationReports(context, 'a foreign record', key, context.token());
    },
    { needs },
  ),
  rule(
    'foreign-record-stays',
    'What another program wrote, and what is damaged, stays in the way, however many other keys are claimed meanwhile and however late: only remove clears it.',
    async (context) => {
      const { harness, store } = context;
      const foreign = context.key('foreign');
      const damaged = await acquire(context, context.key('damaged'));
      await planter(context).foreign(foreign);
      await planter(context).damage(damaged.key);
      const { clock } = harness;
      for (let day = 0; day < 2; day += 1) {
        if (!isAbsent(clock) && clock.driven) await clock.reach((await clock.now()) + DAY);
        for (const begun = now(); ; ) {
          const others = Array.from({ length: OTHERS }, async () => {
            const [key, token] = [context.key('other'), context.token()];
            await store.claim(key, { token, lease: LONG });
            await store.release(key, token);
          });
          await Promise.all(others);
          if (now() - begun > QUICK) break;
        }
      }
      await everyOperationReports(context, 'a foreign record, later', foreign, context.token());
      const { key, token } = damaged;
      await everyOperationReports(context, 'a damaged claim, later', key, token);
    },
    { needs },
  ),
  rule(
    'damaged-among-others',
    'What is damaged is reported to who asks for it alone: others, asked in the same turn, are answered as always.',
    async (context) => {
      const { store, expect } = context;
      const reported = moves.filter((move) => move !== 'remove');
      for (const move of reported) {
        const [damaged, ...sound] = await situations(move, context, AMONG);
        if (damaged === undefined) return;
        await planter(context)[move === 'claim' ? 'foreign' : 'damage'](damaged.key);
        const asked = [...sound.slice(1), damaged, ...sound.slice(0, 1)];
        const answers = await Promise.allSettled(asked.map((each) => each.act(store)));
        for (const [i, each] of asked.entries()) {
          const answer = answers[i];
          const value = answer?.status === 'fulfilled' ? answer.value : answer?.reason;
          const right =
            each === damaged
              ? isIdempotencyError(value, 'IDEM_RECORD_CORRUPT')
              : answer?.status === 'fulfilled' && each.isRight(value);
          const what = `${move} of ${each === damaged ? 'what is damaged' : 'another'}, at once`;
          expect.that(what, right, 'its own answer', value);
        }
      }
    },
    { needs },
  ),
  rule(
    'damaged-result-is-reported',
    'A damaged result is neither vacant nor a value: every operation but remove rejects with IDEM_RECORD_CORRUPT, which tells nothing of it.',
    async (context) => {
      const { key, token } = await acquireAndComplete(context, context.key(), SECRET);
      await planter(context).damage(key);
      await everyOperationReports(context, 'a damaged result', key, token);
    },
    { needs },
  ),
  rule(
    'damaged-claim-is-reported',
    'A damaged claim is neither vacant nor held: every operation but remove rejects with IDEM_RECORD_CORRUPT, its holder’s too, which tells no token.',
    async (context) => {
      const { key, token } = await acquire(context, context.key());
      await planter(context).damage(key);
      await everyOperationReports(context, 'a damaged claim', key, token);
    },
    { needs },
  ),
  timed(
    'remove-clears',
    'remove is the way out: it makes the key vacant, whatever was there, and a claim is then acquired.',
    async (context, time) => {
      const { store, expect } = context;
      const plant = planter(context);
      const [foreign, claimed] = [context.key('foreign'), context.key('claimed')];
      const completed = context.key('completed');
      await plant.foreign(foreign);
      await acquire(context, claimed);
      await plant.damage(claimed);
      await acquireAndComplete(context, completed);
      await plant.damage(completed);
      // Of what has lapsed a takeover is owed, and remove leaves it alone: but not where nobody can tell.
      const lapsed = context.key('lapsed');
      const { end } = await time.begin(1, () => acquire(context, lapsed, { lease: 1 }));
      await time.at(end);
      await plant.damage(lapsed);
      for (const key of [foreign, claimed, completed, lapsed]) {
        await store.remove(key);
        expect.same('find after the remove', await store.find(key), null);
        await acquire(context, key, { what: 'a claim after the remove' });
      }
    },
    { needs },
  ),
];

export function planter({ harness }: RuleContext): RecordPlanter {
  if (isAbsent(harness.plant)) throw new RuleSkipped(harness.plant.absent);
  return harness.plant;
}

/** Twice, because an operation that reports and clears would pass the first time. No report tells a token, or the value. */
export async function everyOperationReports(
  { store, expect, token: freshToken }: RuleContext,
  what: string,
  key: string,
  token: string,
  which: (name: string) => boolean = () => true,
): Promise<void> {
  const operations: Readonly<Record<string, () => Promise<unknown>>> = {
    find: () => store.find(key),
    exists: () => store.exists(key),
    claim: () => store.claim(key, { token: freshToken(), lease: LONG }),
    'claim by its token': () => store.claim(key, { token, lease: LONG }),
    complete: () => store.complete(key, token, bytes('result'), LONG),
    renew: () => store.renew(key, token, LONG),
    release: () => store.release(key, token),
    store: () => store.store(key, bytes('new'), LONG),
    inspect: () => store.inspect(key),
  };
  for (const round of ['', ', again']) {
    for (const [name, act] of Object.entries(operations)) {
      if (!which(name)) continue;
      const of = `${name} on ${what}${round}`;
      const told = messagesOf(await expect.refused(of, 'IDEM_RECORD_CORRUPT', act));
      const kept = [token, ...SECRET_WRITTEN].every((secret) => !told.includes(secret));
      expect.that(
        `the error of ${of}`,
        kept,
        'neither the value nor the token in its message',
        told,
      );
    }
  }
}
