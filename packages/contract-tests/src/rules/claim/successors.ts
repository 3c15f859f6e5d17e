import type { Rule } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG } from '../kit/material.ts';
import { acquire, expectCompleted, expectHeld, expectNotHeld } from '../kit/steps.ts';

const { timed } = family('claim');

/** Nothing of what a lapsed or expired record held may be seen through the one that took its place. */
export const successorRules: readonly Rule[] = [
  timed(
    'takeover-leaves-nothing-of-the-lapsed',
    'A claim that displaced a lapsed one has a fingerprint and a token of its own: none where it gave none.',
    async (context, time) => {
      const { store, expect } = context;
      const key = context.key();
      const { result: lapsed, end } = await time.begin(time.short, () =>
        acquire(context, key, { lease: time.short, fingerprint: 'of-the-lapsed' }),
      );
      await time.at(end);
      const { token } = await acquire(context, key);
      await expectHeld(context, 'the takeover', key, null);
      const seen = await store.inspect(key);
      const fingerprint = seen.state === 'claimed' ? seen.fingerprint : 'not claimed';
      expect.same('its fingerprint, by inspect', fingerprint, null);
      await expectNotHeld(context, 'the lapsed token', key, lapsed.token);
      const done = await store.complete(key, token, bytes('result'), LONG);
      expect.same('complete by the takeover', done, true);
      await expectCompleted(context, 'its result', key, bytes('result'), null);
    },
  ),

  timed(
    'expiry-leaves-nothing',
    'A claim after a record expired has a fingerprint and a token of its own: none where it gave none.',
    async (context, time) => {
      const { store, expect } = context;
      const first = await acquire(context, context.key(), { fingerprint: 'of-the-first' });
      const { key } = first;
      const { end } = await time.begin(time.short, () =>
        store.complete(key, first.token, bytes('first'), time.short),
      );
      await time.at(end);
      const { token } = await acquire(context, key);
      await expectHeld(context, 'the next claim', key, null);
      await expectNotHeld(context, 'the token of what expired', key, first.token);
      await store.complete(key, token, bytes('second'), LONG);
      await expectCompleted(context, 'its result', key, bytes('second'), null);
      const again = await store.complete(key, first.token, bytes('late'), LONG);
      expect.same('complete, repeated for what expired', again, false);
    },
  ),
];
