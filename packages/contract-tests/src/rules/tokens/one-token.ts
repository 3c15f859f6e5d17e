import type { IdempotencyStore } from '@idem/core';
import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG, ROUNDING } from '../kit/material.ts';
import { expectCompleted, expectHeld, expectVacant } from '../kit/steps.ts';

const { rule } = family('tokens');

const KEYS = 8;

type Client = IdempotencyStore;

/** How what is done to several keys is done: in one turn, or one after the other. */
async function each<T>(
  keys: readonly string[],
  atOnce: boolean,
  act: (key: string, nth: number) => Promise<T>,
): Promise<T[]> {
  if (atOnce) return Promise.all(keys.map(act));
  const answers: T[] = [];
  for (const [nth, key] of keys.entries()) answers.push(await act(key, nth));
  return answers;
}

const allTrue = Array.from({ length: KEYS }, () => true);

/** One token claims, renews, claims again, and ends claims of many keys in every way. */
async function expectApart(
  context: RuleContext,
  clientOf: (nth: number) => Client,
  atOnce: boolean,
): Promise<void> {
  const { expect, store } = context;
  const token = context.token();
  const keys = Array.from({ length: KEYS }, () => context.key());
  const how = atOnce ? 'at once' : 'one after the other';
  const claimed = await each(keys, atOnce, (key, nth) =>
    clientOf(nth).claim(key, { token, lease: LONG, fingerprint: `print-${nth}` }),
  );
  for (const result of claimed) expect.acquired(`one of the claims, ${how}`, result);
  const longer = await each(keys, atOnce, (key, nth) => {
    const lease = (nth + 2) * LONG;
    if (nth % 2 === 0) return clientOf(nth).renew(key, token, lease);
    return clientOf(nth)
      .claim(key, { token, lease })
      .then(({ outcome }) => outcome === 'acquired');
  });
  expect.same(`renew and claim again of each, ${how}`, longer, allTrue);
  for (const [nth, key] of keys.entries()) {
    const seen = await store.inspect(key);
    const left = seen.state === 'claimed' ? seen.leaseRemaining : 0;
    const right = left > (nth + 1) * LONG && left <= (nth + 2) * LONG + ROUNDING;
    expect.that(`the lease of key ${nth + 1}, ${how}`, right, 'its own', left);
  }
  // Of every two the first is released, and the second completed; two go on.
  const ended = keys.slice(0, -2);
  const ends = await each(ended, atOnce, (key, nth) =>
    nth % 2 === 0
      ? clientOf(nth).release(key, token)
      : clientOf(nth).complete(key, token, bytes(`${nth}`), LONG),
  );
  expect.same(`release or complete of each, ${how}`, ends, allTrue.slice(0, -2));
  for (const [nth, key] of ended.entries()) {
    const what = `key ${nth + 1} of one token, ${how}`;
    if (nth % 2 === 0) await expectVacant(context, what, key);
    else await expectCompleted(context, what, key, bytes(`${nth}`), `print-${nth}`);
  }
  const [first = '', last = ''] = keys.slice(-2);
  const own = await clientOf(0).renew(first, token, LONG);
  expect.same(`renew of a key that goes on, ${how}`, own, true);
  for (const [i, key] of [first, last].entries()) {
    await expectHeld(context, `a key that goes on, ${how}`, key, `print-${KEYS - 2 + i}`);
  }
  const left = await each([first, last], atOnce, (key, nth) => clientOf(nth).release(key, token));
  expect.same(`release of those that went on, ${how}`, left, [true, true]);
  await expectVacant(context, `the first that went on, ${how}`, first);
  await expectVacant(context, `the last that went on, ${how}`, last);
}

/** A token is that of one request, which may need more keys than one. */
export const oneTokenRules: readonly Rule[] = [
  rule(
    'one-token-of-many-keys',
    'One token may hold many keys: each is claimed, renewed, released and completed for itself, at once and one after the other, by one client and by several.',
    async (context) => {
      const { store } = context;
      const other = await context.open();
      for (const atOnce of [true, false]) {
        await expectApart(context, () => store, atOnce);
        await expectApart(context, (nth) => (nth % 2 === 0 ? store : other), atOnce);
      }
    },
  ),
];
