import type { Rule } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG, ROUNDING } from '../kit/material.ts';
import { acquire, acquireAndComplete, expectCompleted, expectHeld } from '../kit/steps.ts';

const { rule, timed } = family('claim');

/** What a claim answers in each state, and that asking changes nothing. */
export const claimRules: readonly Rule[] = [
  rule('vacant-is-acquired', 'A claim of a vacant key is acquired.', async (context) => {
    const { store, expect } = context;
    const result = await store.claim(context.key(), { token: context.token(), lease: LONG });
    expect.acquired('the first claim of a new key', result);
  }),

  rule(
    'first-is-no-takeover',
    'The first claim of a key displaces nobody: takeover is false.',
    async (context) => {
      const { takeover } = await acquire(context, context.key());
      context.expect.same('takeover of the first claim', takeover, false);
    },
  ),

  rule(
    'fence-is-whole',
    'A fence is a whole number above 0 that a double holds exactly.',
    async (context) => {
      const { fence } = await acquire(context, context.key());
      const whole = Number.isSafeInteger(fence) && fence > 0;
      context.expect.that('the fence', whole, 'a safe integer above 0', fence);
    },
  ),

  rule(
    'other-is-in-progress',
    'While one token holds a key, a claim by another is in progress.',
    async (context) => {
      const { store, expect } = context;
      for (const fingerprint of [undefined, 'of-the-same-request']) {
        const options = fingerprint === undefined ? {} : { fingerprint };
        const { key } = await acquire(context, context.key(), options);
        const request = { token: context.token(), lease: LONG, fingerprint };
        const result = await store.claim(key, request);
        expect.inProgress('a claim by another token', result);
      }
    },
  ),

  rule(
    'in-progress-has-holders-fingerprint',
    'An in-progress answer carries the fingerprint of the holder, not of the caller.',
    async (context) => {
      const { store, expect } = context;
      const { key } = await acquire(context, context.key(), { fingerprint: 'of-the-holder' });
      const request = { token: context.token(), lease: LONG, fingerprint: 'of-the-caller' };
      const result = expect.inProgress('a claim by another', await store.claim(key, request));
      expect.same('its fingerprint', result.fingerprint, 'of-the-holder');
    },
  ),

  rule(
    'in-progress-without-fingerprint',
    'An in-progress answer has the fingerprint null when the holder gave none.',
    async (context) => {
      const { store, expect } = context;
      const { key } = await acquire(context, context.key());
      const request = { token: context.token(), lease: LONG, fingerprint: 'of-the-caller' };
      const result = expect.inProgress('a claim by another', await store.claim(key, request));
      expect.same('its fingerprint', result.fingerprint, null);
    },
  ),

  rule(
    'lease-remaining-is-whole',
    'leaseRemaining is in whole milliseconds, at least 1 and at most the lease, or one more where the backend rounds.',
    async (context) => {
      const { store, expect } = context;
      const { key } = await acquire(context, context.key());
      const request = { token: context.token(), lease: 1_000 };
      const { leaseRemaining } = expect.inProgress('a claim', await store.claim(key, request));
      const whole =
        Number.isInteger(leaseRemaining) &&
        leaseRemaining >= 1 &&
        leaseRemaining <= LONG + ROUNDING;
      const expected = `whole milliseconds from 1 to ${LONG + ROUNDING}`;
      expect.that('leaseRemaining', whole, expected, leaseRemaining);
    },
  ),

  timed(
    'lease-remaining-counts-down',
    "leaseRemaining is what is left of the holder's lease by the backend's clock.",
    async (context, time) => {
      const { store, expect, clock } = context;
      const key = context.key();
      const { end } = await time.begin(time.short, () =>
        acquire(context, key, { lease: time.short }),
      );
      const observe = async (what: string): Promise<void> => {
        const before = await clock.now();
        const request = { token: context.token(), lease: LONG };
        const result = await time.before(end, () => store.claim(key, request));
        const after = await clock.now();
        const { leaseRemaining } = expect.inProgress(what, result);
        const [least, most] = [Math.floor(end.earliest - after), Math.ceil(end.latest - before)];
        const right = leaseRemaining >= least && leaseRemaining <= most;
        expect.that(`leaseRemaining ${what}`, right, `${least} to ${most} ms`, leaseRemaining);
      };
      await observe('at once');
      await time.pass(time.short / 2);
      await observe('half-way');
      await time.justBefore(end);
      await observe('just before the end');
    },
  ),

  rule(
    'completed-is-answered',
    'A claim of a completed key answers completed, with the value and the fingerprint of the claim that made it.',
    async (context) => {
      const key = context.key();
      await acquireAndComplete(context, key, bytes('result'), { fingerprint: 'of-the-holder' });
      await expectCompleted(context, 'once completed', key, bytes('result'), 'of-the-holder');
    },
  ),

  rule(
    'completed-without-fingerprint',
    'A completed answer has the fingerprint null when the claim gave none.',
    async (context) => {
      const { key } = await acquireAndComplete(context, context.key(), bytes('result'));
      const request = { token: context.token(), lease: LONG, fingerprint: 'of-the-caller' };
      const result = await context.store.claim(key, request);
      const { fingerprint } = context.expect.completed('a claim of a completed key', result);
      context.expect.same('its fingerprint', fingerprint, null);
    },
  ),

  rule(
    'stranger-does-not-replace-holder',
    'A claim answered in-progress changes nothing: the holder still completes, the stranger does not.',
    async (context) => {
      const { store, expect } = context;
      const { key, token } = await acquire(context, context.key(), {
        fingerprint: 'of-the-holder',
      });
      const stranger = context.token();
      const request = { token: stranger, lease: LONG, fingerprint: 'of-the-stranger' };
      expect.inProgress("a stranger's claim", await store.claim(key, request));
      const stolen = await store.complete(key, stranger, bytes('stolen'), LONG);
      expect.same('complete by the stranger', stolen, false);
      await expectHeld(context, 'after it', key, 'of-the-holder');
      const done = await store.complete(key, token, bytes('result'), LONG);
      expect.same('complete by the holder', done, true);
      await expectCompleted(context, 'in the end', key, bytes('result'), 'of-the-holder');
    },
  ),

  timed(
    'stranger-does-not-restart-lease',
    "A claim by a stranger never lengthens the holder's lease.",
    async (context, time) => {
      const { store, expect } = context;
      const key = context.key();
      const { end } = await time.begin(time.short, () =>
        acquire(context, key, { lease: time.short }),
      );
      await time.pass(time.short / 2);
      const stranger = { token: context.token(), lease: LONG };
      const meanwhile = await time.before(end, () => store.claim(key, stranger));
      expect.inProgress("a stranger's claim during the lease", meanwhile);
      await time.at(end);
      const result = await store.claim(key, { token: context.token(), lease: LONG });
      expect.acquired("a claim at the end of the holder's lease", result);
    },
  ),

  timed(
    'asking-keeps-completed',
    'A claim answered completed changes nothing: neither value nor ttl.',
    async (context, time) => {
      const { store, expect } = context;
      const key = context.key();
      await acquire(context, key).then(async ({ token }) => {
        const { end } = await time.begin(time.short, () =>
          store.complete(key, token, bytes('result'), time.short),
        );
        await time.pass(time.short / 2);
        const request = { token: context.token(), lease: LONG, fingerprint: 'asks' };
        const result = await time.before(end, () => store.claim(key, request));
        expect.completed('a claim during the ttl', result);
        expect.same(
          'find after it',
          await time.before(end, () => store.find(key)),
          bytes('result'),
        );
        await time.at(end);
        expect.same('find at the end of the ttl', await store.find(key), null);
      });
    },
  ),

  rule(
    'own-token-acquires-again',
    'Its own token, still holding the key, acquires it again with the same fence.',
    async (context) => {
      const { store, expect } = context;
      const { key, token, fence } = await acquire(context, context.key());
      const result = await store.claim(key, { token, lease: LONG });
      const again = expect.acquired('a second claim with the same token', result);
      expect.same('its fence', again.fence, fence);
      expect.same('its takeover', again.takeover, false);
    },
  ),

  timed(
    'own-token-restarts-lease',
    "A claim by the holder's own token restarts its lease from now.",
    async (context, time) => {
      const { store, expect } = context;
      const key = context.key();
      const first = await time.begin(time.short, () =>
        acquire(context, key, { lease: time.short }),
      );
      const { token } = first.result;
      await time.pass(time.short / 2);
      const second = await time.before(first.end, () =>
        time.begin(time.short, () => store.claim(key, { token, lease: time.short })),
      );
      await time.at(first.end);
      const meanwhile = await time.before(second.end, () =>
        store.claim(key, { token: context.token(), lease: LONG }),
      );
      expect.inProgress('a claim by another after the first lease would have ended', meanwhile);
      await time.at(second.end);
      const late = await store.claim(key, { token: context.token(), lease: LONG });
      expect.acquired('a claim by another after the restarted lease', late);
    },
  ),

  rule(
    'own-token-sees-own-result',
    'A claim by the token that completed the key answers completed, like any other.',
    async (context) => {
      const { store, expect } = context;
      const key = context.key();
      const { token } = await acquireAndComplete(context, key, bytes('result'));
      const result = await store.claim(key, { token, lease: LONG });
      const expected = { outcome: 'completed', value: bytes('result'), fingerprint: null };
      expect.same('a claim by the token that completed', result, expected);
    },
  ),
];
