import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG } from '../kit/material.ts';
import { acquire, expectCompleted, expectHeld, together } from '../kit/steps.ts';
import { expectWoken, wakeUp } from '../kit/watching.ts';

const { rule } = family('keys');

/** What every object has, what an array has, and what is something else than a text elsewhere. */
const WORDS = [
  ...['constructor', '__proto__', 'toString', 'valueOf', 'hasOwnProperty', 'isPrototypeOf'],
  ...['prototype', '__defineGetter__', 'length', 'size', 'then', 'toJSON', 'default', 'name'],
  ...['0', '42', '-0', 'NaN', 'null', 'undefined', 'true', ' ', '*', 'x'],
];

/** A life at that key: claimed, watched, renewed, completed, replaced, removed, released. */
async function expectLife(context: RuleContext, key: string): Promise<void> {
  const { store, expect } = context;
  const what = JSON.stringify(key);
  const print = `of-${key.trim()}`;
  const held = await acquire(context, key, { what: `a claim of ${what}`, fingerprint: print });
  const { token, fence } = held;
  const woken = store.supports.wakeUp.promised ? wakeUp(context, store, key) : undefined;
  await expectHeld(context, `a claim of ${what}`, key, print);
  const again = expect.acquired(`again`, await store.claim(key, { token, lease: LONG }));
  expect.same(`the fence of ${what}, claimed again`, again.fence, fence);
  expect.same(`renew of ${what}`, await store.renew(key, token, LONG), true);
  expect.inspected(`inspect of ${what}`, await store.inspect(key), 'claimed');
  expect.same(`complete of ${what}`, await store.complete(key, token, bytes(key), LONG), true);
  await expectCompleted(context, `a result at ${what}`, key, bytes(key), print);
  if (woken !== undefined) await expectWoken(context, `a watcher of ${what}`, woken);
  await store.store(key, bytes('stored'), LONG);
  await expectCompleted(context, `what was stored at ${what}`, key, bytes('stored'));
  await store.remove(key);
  expect.same(`find of ${what}, removed`, await store.find(key), null);
  const next = await acquire(context, key, { what: `a claim of ${what}, removed` });
  expect.that(`its fence`, next.fence > fence, `more than ${fence}`, next.fence);
  expect.same(`release of ${what}`, await store.release(key, next.token), true);
  const { takeover } = await acquire(context, key, { what: `a claim of ${what}, released` });
  expect.same(`takeover at ${what}, released`, takeover, false);
}

/** Keys as applications may choose them: with nothing before the word. */
export const bareWordRules: readonly Rule[] = [
  rule(
    'bare-words-in-every-operation',
    'A key that as a whole is the name of something in the language, an index, a word or a sign is a key like any other, in every operation and watched.',
    async (context) => {
      const { store } = context;
      // They are not this run's alone: nothing is there before, and nothing is left.
      const clear = (): Promise<unknown> => Promise.all(WORDS.map((key) => store.remove(key)));
      await clear();
      try {
        await together(WORDS.map((key) => () => expectLife(context, key)));
      } finally {
        await clear();
      }
    },
    { exclusive: true },
  ),
];
