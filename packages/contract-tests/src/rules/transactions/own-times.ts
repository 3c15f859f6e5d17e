import type { Rule } from '../../rule.ts';
import { bytes, LONG, ROUNDING } from '../kit/material.ts';
import { acquire } from '../kit/steps.ts';
import { Beside } from '../kit/transactions/beside.ts';
import { family } from '../kit/transactions/family.ts';
import { completeIn } from '../kit/transactions/steps.ts';
import type { Transacting } from '../kit/transactions/transacting.ts';

const { rule } = family('transactions');

const ROUNDS = 4;

/** Two that wait for the same transaction, with times far apart; what is there then is of one of them alone. */
async function expectOwnTime(context: Transacting, nth: number): Promise<void> {
  const { store, expect } = context;
  const other = await context.open();
  const holder = await acquire(context, context.key());
  const { key, token } = holder;
  const tx = await context.begin();
  await completeIn(context, tx, holder);
  const ttls = new Map([
    ['one', LONG],
    ['other', 20 * LONG],
  ]);
  const sends = [
    () => store.store(key, bytes('one'), LONG),
    () =>
      nth % 2 === 0
        ? other.store(key, bytes('other'), 20 * LONG)
        : other.complete(key, token, bytes('other'), 20 * LONG),
  ];
  const sent: Beside<unknown>[] = [];
  for (const send of nth % 4 < 2 ? sends : sends.toReversed()) {
    sent.push(await Beside.send<unknown>(send));
  }
  await tx.rollback();
  await Promise.all(sent.map((each) => each.whenOver()));
  const value = await store.find(key);
  const seen = await store.inspect(key);
  const ttl = ttls.get(value === null ? '' : new TextDecoder().decode(value));
  const left = seen.state === 'completed' ? seen.ttlRemaining : 0;
  const right = ttl !== undefined && left <= ttl + ROUNDING && left > ttl - LONG / 2;
  expect.that('the ttl of what one of two that waited left', right, `its own, ${ttl} ms`, left);
}

/** What waits together is written one after the other, each with what is its own. */
export const ownTimeRules: readonly Rule[] = [
  rule(
    'waited-together-keep-their-own-times',
    'Of two that waited for the same transaction with times far apart, the one whose value is there has given it its ttl too.',
    async (context) => {
      for (let round = 0; round < ROUNDS; round += 1) await expectOwnTime(context, round);
    },
  ),
];
