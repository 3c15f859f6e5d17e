import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG } from '../kit/material.ts';
import { acquire, expectCompleted, together } from '../kit/steps.ts';

const { rule } = family('values');

/** Where what a record is, is read without all of it: pages, packets, heads of a string. */
const SIZES = [0, 1, 255, 511, 512, 513, 1_023, 1_025, 2_000, 4_097, 8_193, 70_000, 1_048_577];

/** Every operation but those that are for the value, at a key whose result has that size. */
async function expectBeside(
  context: RuleContext,
  by: 'store' | 'complete',
  size: number,
): Promise<void> {
  const { store, expect } = context;
  const value = new Uint8Array(size).fill(0x7a);
  const { key, token } = await acquire(context, context.key(), { fingerprint: 'print' });
  if (by === 'store') await store.store(key, value, LONG);
  else await store.complete(key, token, value, LONG);
  const what = `a result of ${size} bytes, by ${by}`;
  const own = by === 'complete';
  for (const [whose, each] of [
    ['its token', token],
    ['another', context.token()],
  ] as const) {
    const done = own && each === token;
    expect.same(`renew of ${what}, by ${whose}`, await store.renew(key, each, LONG), false);
    expect.same(`release of ${what}, by ${whose}`, await store.release(key, each), false);
    const again = await store.complete(key, each, bytes('again'), LONG);
    expect.same(`complete of ${what}, by ${whose}`, again, done);
  }
  const seen = await store.inspect(key);
  expect.inspected(`inspect of ${what}`, seen, 'completed');
  const left = seen.state === 'completed' ? seen.ttlRemaining : 0;
  expect.that(`what is left of ${what}`, left > LONG / 2, 'its ttl', left);
  await expectCompleted(context, what, key, value, own ? 'print' : null);
  await store.store(key, bytes('next'), LONG);
  await expectCompleted(context, `what was stored over ${what}`, key, bytes('next'));
  await store.store(key, value, LONG);
  await store.remove(key);
  const { takeover } = await acquire(context, key, { what: `a claim after the remove of ${what}` });
  expect.same(`takeover after the remove of ${what}`, takeover, false);
}

/** Operations that need not read a value, beside one of every size. */
export const besideValueRules: readonly Rule[] = [
  rule(
    'every-move-beside-a-value',
    'Whatever the size of a result, renew and release of it are false, complete is true for its token alone, and every other operation does what it does to any result.',
    (context) =>
      together(
        SIZES.flatMap((size) => [
          () => expectBeside(context, 'store', size),
          () => expectBeside(context, 'complete', size),
        ]),
      ),
  ),
];
