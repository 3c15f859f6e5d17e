import type { IdempotencyStore } from '@idem/core';
import type { Rule, RuleContext } from '../../rule.ts';
import { RuleSkipped } from '../../skip.ts';
import { family } from '../kit/family.ts';
import { faultyClient } from '../kit/faulty-client.ts';
import { bytes, LONG } from '../kit/material.ts';
import { settled } from '../kit/settled.ts';
import { acquire, type Holder } from '../kit/steps.ts';
import { ENDS, expectWoken, wakeUp, watchersOf } from '../kit/watching.ts';

const { rule } = family('watch');

type Ending = (store: IdempotencyStore, held: Holder) => unknown;

const LARGE = new Uint8Array(300_000).fill(7);
const EMPTY = new Uint8Array();

/** The same ends with what is not like any other. */
const WITH: readonly (readonly [what: string, end: Ending])[] = [
  ['complete with nothing', (store, { key, token }) => store.complete(key, token, EMPTY, LONG)],
  [
    'complete with 300,000 bytes',
    (store, { key, token }) => store.complete(key, token, LARGE, LONG),
  ],
  [
    'complete for a millisecond',
    (store, { key, token }) => store.complete(key, token, bytes('result'), 1),
  ],
  ['store of nothing', (store, { key }) => store.store(key, EMPTY, LONG)],
  ['store of 300,000 bytes', (store, { key }) => store.store(key, LARGE, LONG)],
  ['store for a millisecond', (store, { key }) => store.store(key, bytes('stored'), 1)],
];

/** Has what a client did before be given up and refused: its watching is no part of that. */
async function troubled({ key, expect }: RuleContext, client: IdempotencyStore): Promise<void> {
  const controller = new AbortController();
  const given = client.find(key(), { signal: controller.signal }).catch(() => {});
  controller.abort(new Error('gone'));
  await given;
  await expect.refused('store with no ttl', 'IDEM_INVALID_TTL', () =>
    client.store(key(), EMPTY, 0),
  );
}

/** What ended a claim, and how, makes no difference to who waits for it. */
export const anyEndRules: readonly Rule[] = [
  rule(
    'any-end-wakes',
    'An end wakes whatever it records, nothing or much, for long or for a millisecond; by a client that closes right after it too; and whoever watches through a client of which something else was given up or refused.',
    async (context) => {
      const [, other = context.store] = await watchersOf(context);
      const { open } = context;
      const leaving = ENDS.map(([name, end]): (typeof WITH)[number] => [
        `${name} by a client that closes`,
        async (_store, held) => {
          const client = await open();
          await end(client, held);
          await client.close();
        },
      ]);
      await Promise.all(
        [...WITH, ...leaving].map(async ([what, end]) => {
          const held = await acquire(context, context.key());
          const woken = wakeUp(context, other, held.key);
          await troubled(context, other);
          await end(context.store, held);
          await expectWoken(context, `another client, by ${what}`, woken);
        }),
      );
    },
  ),

  rule(
    'lost-replies-wake',
    'An end whose reply was lost wakes who watches.',
    async (context) => {
      await using client = await faultyClient(context);
      const { wakeUp: promised } = client.store.supports;
      if (!promised.promised) throw new RuleSkipped(promised.reason);
      const other = await context.open();
      for (const [name, end] of ENDS) {
        const held = await acquire(context, context.key());
        await settled(() => client.store.exists(held.key));
        const woken = wakeUp(context, other, held.key);
        client.faults.loseNextReply();
        await settled(async () => end(client.store, held));
        await expectWoken(context, `another client, by ${name} whose reply was lost`, woken);
      }
    },
    { needs: ['faults'], exclusive: true },
  ),
];
