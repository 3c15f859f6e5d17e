import type { Rule } from '../rule.ts';
import { family } from './kit/family.ts';
import { lookalikes } from './kit/lookalikes.ts';
import { bytes, LONG } from './kit/material.ts';
import { acquire, expectHeld, expectVacant } from './kit/steps.ts';

const { rule, timed } = family('renew');

export const renewRules: readonly Rule[] = [
  rule(
    'own-claim-is-true',
    'renew by the holder answers true, and the claim is held as before.',
    async (context) => {
      const { store, expect } = context;
      const { key, token, fence } = await acquire(context, context.key(), { fingerprint: 'print' });
      expect.same('renew', await store.renew(key, token, LONG), true);
      await expectHeld(context, 'after it', key, 'print');
      const again = expect.acquired(
        'its own claim',
        await store.claim(key, { token, lease: LONG }),
      );
      expect.same('the fence after renew', again.fence, fence);
      expect.same('takeover after renew', again.takeover, false);
      const done = await store.complete(key, token, bytes('result'), LONG);
      expect.same('complete after renew', done, true);
    },
  ),

  timed(
    'restarts-the-lease',
    'renew starts the lease anew from now: it ends one new lease later.',
    async (context, time) => {
      const { store, expect } = context;
      const key = context.key();
      const first = await time.begin(time.short, () =>
        acquire(context, key, { lease: time.short }),
      );
      await time.pass(time.short / 2);
      const second = await time.before(first.end, () =>
        time.begin(time.short, () => store.renew(key, first.result.token, time.short)),
      );
      expect.same('renew half-way', second.result, true);
      await time.at(first.end);
      const ask = () => store.claim(key, { token: context.token(), lease: LONG });
      const meanwhile = await time.before(second.end, ask);
      expect.inProgress('a claim by another when the first lease would have ended', meanwhile);
      await time.at(second.end);
      expect.acquired('a claim by another one new lease after renew', await ask());
    },
  ),

  timed('may-shorten', 'renew with a shorter lease shortens it.', async (context, time) => {
    const { store, expect } = context;
    const { key, token } = await acquire(context, context.key());
    const { result, end } = await time.begin(time.short, () => store.renew(key, token, time.short));
    expect.same('renew with a shorter lease', result, true);
    await time.at(end);
    const late = await store.claim(key, { token: context.token(), lease: LONG });
    expect.acquired('a claim by another after the shorter lease', late);
  }),

  rule(
    'never-claimed-is-false',
    'renew of a key that nobody claimed answers false and claims nothing.',
    async (context) => {
      const key = context.key();
      const renewed = await context.store.renew(key, context.token(), LONG);
      context.expect.same('renew of a vacant key', renewed, false);
      await expectVacant(context, 'after it', key);
    },
  ),

  timed(
    'other-token-is-false',
    "renew by another token answers false and does not lengthen the holder's lease.",
    async (context, time) => {
      const { store, expect } = context;
      const key = context.key();
      const { end } = await time.begin(time.short, () =>
        acquire(context, key, { lease: time.short }),
      );
      await time.pass(time.short / 2);
      const renewed = await time.before(end, () => store.renew(key, context.token(), LONG));
      expect.same('renew by another token', renewed, false);
      await time.at(end);
      const late = await store.claim(key, { token: context.token(), lease: LONG });
      expect.acquired("a claim at the end of the holder's own lease", late);
    },
  ),

  rule(
    'token-is-compared-exactly',
    'renew compares tokens character for character: case and length count.',
    async (context) => {
      const { store, expect } = context;
      const { key, token } = await acquire(context, context.key());
      for (const [what, other] of lookalikes(token)) {
        expect.same(`renew by the token ${what}`, await store.renew(key, other, LONG), false);
      }
    },
  ),

  timed(
    'completed-is-false',
    'renew of a completed key answers false and does not touch its ttl.',
    async (context, time) => {
      const { store, expect } = context;
      const { key, token } = await acquire(context, context.key());
      const { end } = await time.begin(time.short, () =>
        store.complete(key, token, bytes('result'), time.short),
      );
      const renewed = await time.before(end, () => store.renew(key, token, LONG));
      expect.same('renew by the token that completed', renewed, false);
      expect.same('find after it', await time.before(end, () => store.find(key)), bytes('result'));
      await time.at(end);
      expect.same("find at the ttl's end", await store.find(key), null);
    },
  ),

  rule(
    'stored-is-false',
    'renew of a record that store made answers false and keeps it.',
    async (context) => {
      const { store, expect } = context;
      const key = context.key();
      await store.store(key, bytes('stored'), LONG);
      expect.same('renew', await store.renew(key, context.token(), LONG), false);
      expect.same('find after it', await store.find(key), bytes('stored'));
    },
  ),

  timed(
    'lapsed-is-false',
    'renew after its lease has lapsed answers false and does not bring the claim back.',
    async (context, time) => {
      const { store, expect } = context;
      const key = context.key();
      const { result, end } = await time.begin(time.short, () =>
        acquire(context, key, { lease: time.short }),
      );
      await time.at(end);
      const renewed = await store.renew(key, result.token, LONG);
      expect.same("renew at the lease's end", renewed, false);
      await expectVacant(context, 'after it', key);
    },
  ),

  timed(
    'just-before-the-end-is-true',
    'renew in the last moment of its lease answers true.',
    async (context, time) => {
      const { store, expect } = context;
      const key = context.key();
      const { result, end } = await time.begin(time.short, () =>
        acquire(context, key, { lease: time.short }),
      );
      await time.justBefore(end);
      const renewed = await time.before(end, () => store.renew(key, result.token, LONG));
      expect.same("renew just before the lease's end", renewed, true);
      await time.at(end);
      await expectHeld(context, "at the old lease's end", key);
    },
  ),

  timed(
    'late-heartbeat-does-not-help-the-thief',
    "renew by a holder that lost its lease answers false and does not lengthen the next holder's lease.",
    async (context, time) => {
      const { store, expect } = context;
      const key = context.key();
      const lost = await time.begin(time.short, () => acquire(context, key, { lease: time.short }));
      await time.at(lost.end);
      const next = await time.begin(time.short, () => acquire(context, key, { lease: time.short }));
      const renewed = await time.before(next.end, () => store.renew(key, lost.result.token, LONG));
      expect.same('renew by the holder that lost its lease', renewed, false);
      await time.at(next.end);
      const late = await store.claim(key, { token: context.token(), lease: LONG });
      expect.acquired("a claim at the end of the next holder's lease", late);
    },
  ),

  rule(
    'released-is-false',
    'renew after its claim was released answers false and claims nothing.',
    async (context) => {
      const { store, expect } = context;
      const { key, token } = await acquire(context, context.key());
      await store.release(key, token);
      expect.same('renew after release', await store.renew(key, token, LONG), false);
      await expectVacant(context, 'after it', key);
    },
  ),

  timed(
    'takeover-survives-renew',
    'A takeover that was renewed is still told to its own token.',
    async (context, time) => {
      const { store, expect } = context;
      const key = context.key();
      const { end } = await time.begin(time.short, () =>
        acquire(context, key, { lease: time.short }),
      );
      await time.at(end);
      const { token, fence } = await acquire(context, key);
      expect.same('renew by the new holder', await store.renew(key, token, LONG), true);
      const again = expect.acquired(
        'its own claim',
        await store.claim(key, { token, lease: LONG }),
      );
      expect.same('takeover after renew', again.takeover, true);
      expect.same('fence after renew', again.fence, fence);
    },
  ),

  rule('many-times', 'A lease may be renewed any number of times.', async (context) => {
    const { store, expect } = context;
    const { key, token } = await acquire(context, context.key());
    for (let i = 1; i <= 10; i += 1) {
      expect.same(`renew number ${i}`, await store.renew(key, token, LONG), true);
    }
    const done = await store.complete(key, token, bytes('result'), LONG);
    expect.same('complete after ten renewals', done, true);
  }),
];
