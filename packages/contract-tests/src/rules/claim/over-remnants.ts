import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG, ROUNDING } from '../kit/material.ts';
import { acquire, expectCompleted, expectHeld, expectVacant, together } from '../kit/steps.ts';

const { timed } = family('claim');

const OLD = bytes('an earlier result');
/** As long as a fingerprint may be, and another one than that of what was there before. */
const PRINT = '0123456789abcdef'.repeat(16);

/** What was at the key, and is over: where it ends by itself, after a millisecond. */
const REMNANTS: Readonly<
  Record<string, (context: RuleContext, key: string, token: string) => Promise<unknown>>
> = {
  'a stored result that expired': ({ store }, key) => store.store(key, OLD, 1),
  'a result that expired': async ({ store }, key, token) => {
    await store.claim(key, { token, lease: LONG, fingerprint: 'earlier' });
    await store.complete(key, token, OLD, 1);
  },
  'a claim that store made void, expired': async ({ store }, key, token) => {
    await store.claim(key, { token, lease: LONG, fingerprint: 'earlier' });
    await store.store(key, OLD, 1);
  },
  'a stored result that was removed': async ({ store }, key) => {
    await store.store(key, OLD, LONG);
    await store.remove(key);
  },
  'a result that was removed': async ({ store }, key, token) => {
    await store.claim(key, { token, lease: LONG, fingerprint: 'earlier' });
    await store.complete(key, token, OLD, LONG);
    await store.remove(key);
  },
  'a claim that was released': async ({ store }, key, token) => {
    await store.claim(key, { token, lease: LONG, fingerprint: 'earlier' });
    await store.release(key, token);
  },
  'a claim that was removed': async ({ store }, key, token) => {
    await store.claim(key, { token, lease: LONG, fingerprint: 'earlier' });
    await store.remove(key);
  },
  'a claim that lapsed': ({ store }, key, token) =>
    store.claim(key, { token, lease: 1, fingerprint: 'earlier' }),
};

interface Next {
  readonly what: string;
  readonly key: string;
  readonly token: string;
}

type Check = (context: RuleContext, next: Next) => Promise<unknown>;

/** What the holder of the next claim does, and what comes of it. */
const MOVES: Readonly<Record<string, Check>> = {
  looks: async (context, { what, key }) => {
    const { store, expect } = context;
    expect.same(`find after a claim over ${what}`, await store.find(key), null);
    expect.same(`exists after a claim over ${what}`, await store.exists(key), false);
    const seen = await store.inspect(key);
    const told = seen.state === 'claimed' ? seen.fingerprint : seen.state;
    expect.same(`inspect after a claim over ${what}`, told, PRINT);
    await expectHeld(context, `a claim over ${what}`, key, PRINT);
  },
  release: async (context, { what, key, token }) => {
    const { store, expect } = context;
    expect.same(`release over ${what}`, await store.release(key, token), true);
    const { takeover } = await expectVacant(context, `after a release over ${what}`, key);
    expect.same(`takeover after a release over ${what}`, takeover, false);
  },
  renew: async (context, { what, key, token }) => {
    const { store, expect } = context;
    expect.same(`renew over ${what}`, await store.renew(key, token, 2 * LONG), true);
    const seen = await store.inspect(key);
    const left = seen.state === 'claimed' ? seen.leaseRemaining : 0;
    const right = left > LONG && left <= 2 * LONG + ROUNDING;
    expect.that(`what renew gave over ${what}`, right, 'the new lease', left);
    expect.same(`release after it over ${what}`, await store.release(key, token), true);
  },
  'claim again': async (context, { what, key, token }) => {
    const { store, expect } = context;
    const again = await store.claim(key, { token, lease: LONG });
    expect.acquired(`a claim again over ${what}`, again);
    expect.same(`find after it over ${what}`, await store.find(key), null);
    await expectHeld(context, `a repeated claim over ${what}`, key, PRINT);
    expect.same(`release after it over ${what}`, await store.release(key, token), true);
  },
  complete: async (context, { what, key, token }) => {
    const { store, expect } = context;
    const done = await store.complete(key, token, bytes('new'), LONG);
    expect.same(`complete over ${what}`, done, true);
    await expectCompleted(context, `what was completed over ${what}`, key, bytes('new'), PRINT);
    expect.same(`release of it over ${what}`, await store.release(key, token), false);
  },
  'complete with nothing': async (context, { what, key, token }) => {
    await context.store.complete(key, token, new Uint8Array(), LONG);
    const by = `an empty result over ${what}`;
    await expectCompleted(context, by, key, new Uint8Array(), PRINT);
  },
  remove: async (context, { what, key, token }) => {
    const { store, expect } = context;
    await store.remove(key);
    expect.same(`renew after remove over ${what}`, await store.renew(key, token, LONG), false);
    const { takeover } = await expectVacant(context, `after remove over ${what}`, key);
    expect.same(`takeover after remove over ${what}`, takeover, false);
  },
  store: async (context, { what, key, token }) => {
    const { store } = context;
    await store.store(key, bytes('stored'), LONG);
    await expectCompleted(context, `what was stored over ${what}`, key, bytes('stored'));
    const done = await store.complete(key, token, bytes('late'), LONG);
    context.expect.same(`complete after store over ${what}`, done, false);
  },
};

/** The row that a claim finds may be full of what was there before. */
export const overRemnantRules: readonly Rule[] = [
  timed(
    'over-remnants-is-like-any-other',
    'Whatever was at a key and is over, the next claim is like the first of all: every move by its holder, and every look at it, is answered as if nothing had been there.',
    async (context, time) => {
      const made: Next[] = [];
      const { end } = await time.begin(1, () =>
        together(
          Object.entries(REMNANTS).flatMap(([what, make]) =>
            Object.keys(MOVES).map(() => async () => {
              const key = context.key();
              await make(context, key, context.token());
              made.push({ what, key, token: '' });
            }),
          ),
        ),
      );
      await time.at(end);
      const done = new Map<string, number>();
      const moves = Object.values(MOVES);
      await together(
        made.map((remnant) => async () => {
          const nth = done.get(remnant.what) ?? 0;
          done.set(remnant.what, nth + 1);
          const what = `a claim over ${remnant.what}`;
          const held = await acquire(context, remnant.key, { what, fingerprint: PRINT });
          const { takeover } = held;
          const lapsed = remnant.what === 'a claim that lapsed';
          context.expect.same(`takeover of ${what}`, takeover, lapsed);
          await moves[nth]?.(context, { ...remnant, token: held.token });
        }),
      );
    },
  ),
];
