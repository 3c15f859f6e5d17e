import { now } from '../../model/monotonic.ts';
import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG } from '../kit/material.ts';
import { acquire, together } from '../kit/steps.ts';

const { rule } = family('concurrency');

/** How often each is done, at the least and at the most: what is counted in a byte has begun anew by then. */
const LEAST = 110;
const MOST = 270;
/** Milliseconds after which a slow backend has done enough once it has done the least, and after which any has. */
const QUICK = 250;
const PATIENCE = 1_200;

/** Does it again and again; the answer of each must be as the first. */
async function again(act: (nth: number) => Promise<boolean>): Promise<number | undefined> {
  const begun = now();
  for (let nth = 1; nth <= MOST; nth += 1) {
    if (!(await act(nth))) return nth;
    const passed = now() - begun;
    if (passed > PATIENCE || (nth >= LEAST && passed > QUICK)) return undefined;
  }
  return undefined;
}

type Lane = (context: RuleContext) => Promise<(nth: number) => Promise<boolean>>;

/** What one key, or one claim, is asked to do over and over. */
const LANES: Readonly<Record<string, Lane>> = {
  'store over store': async ({ store, key }) => {
    const at = key();
    return async (nth) => {
      await store.store(at, bytes(`${nth}`), LONG);
      const found = await store.find(at);
      return found !== null && new TextDecoder().decode(found) === `${nth}`;
    };
  },
  renew: async (context) => {
    const { key, token } = await acquire(context, context.key());
    return () => context.store.renew(key, token, LONG);
  },
  'claim again': async (context) => {
    const { key, token, fence } = await acquire(context, context.key());
    return async () => {
      const result = await context.store.claim(key, { token, lease: LONG });
      return result.outcome === 'acquired' && result.fence === fence;
    };
  },
  'claim and release': async ({ store, key, token }) => {
    const [at, by] = [key(), token()];
    let last = 0;
    return async () => {
      const result = await store.claim(at, { token: by, lease: LONG });
      if (result.outcome !== 'acquired' || result.fence <= last) return false;
      last = result.fence;
      return store.release(at, by);
    };
  },
  'a question in progress': async (context) => {
    const { key } = await acquire(context, context.key());
    return async () => {
      const request = { token: context.token(), lease: LONG };
      return (await context.store.claim(key, request)).outcome === 'in-progress';
    };
  },
  'complete and remove': async ({ store, key, token }) => {
    const at = key();
    return async (nth) => {
      const by = token();
      await store.claim(at, { token: by, lease: LONG });
      const done = await store.complete(at, by, bytes(`${nth}`), LONG);
      await store.remove(at);
      return done;
    };
  },
};

/** A claim lives for days, and a key is used for years. */
export const manyTimesRules: readonly Rule[] = [
  rule(
    'many-times-on-one-key',
    'What is done to one key, or by one claim, is done as well the hundredth time and later as the first.',
    async (context) => {
      await together(
        Object.entries(LANES).map(([what, lane]) => async () => {
          const failed = await again(await lane(context));
          const expected = 'no time on which it is not as the first';
          context.expect.that(`${what}, again and again`, failed === undefined, expected, failed);
        }),
      );
    },
    { proves: { property: 'load', moves: ['store', 'renew', 'claim again', 'claim', 'release'] } },
  ),
];
