import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import type { Inspection } from '@idem/core';
import { type Move, moves } from '../../moves.ts';
import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { faultyClient } from '../kit/faulty-client.ts';
import { bytes, LONG, ROUNDING } from '../kit/material.ts';
import { settled } from '../kit/settled.ts';
import { AFTER, found, type Situation, situation } from '../kit/situations.ts';
import { acquireAndComplete } from '../kit/steps.ts';

const { rule } = family('faults');

const how = { needs: ['faults'], exclusive: true } as const;

/** For how many turns of the event loop the backend is away; more than the most of them is a moment. */
const TURNS = [1, 2, 6];
const MOST_TURNS = 6;
const MOMENT = 5;
/** How much of a time may have passed when one looks, in milliseconds. */
const LATE = 5 * 60_000;

const BEGINS: readonly Move[] = ['store', 'claim', 'claim again', 'complete', 'renew'];

/** After a move that begins a time: all of it is left, and no more; and the claim is as young as it is. */
export async function expectWholeTime(
  { store, expect }: RuleContext,
  move: Move,
  what: string,
  { key }: Situation,
): Promise<void> {
  if (!BEGINS.includes(move)) return;
  const seen = await store.inspect(key);
  const left = leftOf(seen);
  const right = left <= LONG + ROUNDING && left > LONG - LATE;
  expect.that(`what is left after ${what}`, right, `at most ${LONG} ms, and near it`, left);
  if (seen.state !== 'claimed') return;
  expect.that(`heldFor after ${what}`, seen.heldFor < LATE, 'next to nothing', seen.heldFor);
}

function leftOf(seen: Inspection): number {
  if (seen.state === 'vacant') return 0;
  return seen.state === 'claimed' ? seen.leaseRemaining : seen.ttlRemaining;
}

/** What is sent while the backend cannot be reached, and again once it can. */
export const neverArrivedRules: readonly Rule[] = [
  rule(
    'sent-in-vain-in-every-move',
    'Every move that was sent while the backend could not be reached, and is sent again once it can, is made then: what was there before is not taken for what it did.',
    async (context) => {
      const { store, expect } = context;
      await using client = await faultyClient(context);
      const { faults } = client;
      const throughACut = async <T>(turns: number, act: () => Promise<T>): Promise<T> => {
        await settled(() => client.store.exists(context.key('warm')));
        await faults.cut();
        const sent = settled(act);
        for (let turn = 0; turn < turns; turn += 1) await setImmediate();
        if (turns === MOST_TURNS) await sleep(MOMENT);
        await faults.restore();
        return sent;
      };
      for (const turns of TURNS) {
        const all = await Promise.all(
          moves.map((move) => situation(move, context, { large: turns === MOST_TURNS })),
        );
        const there = [
          (await acquireAndComplete(context, context.key('completed'), bytes('old'))).key,
          context.key('stored'),
        ];
        for (const key of there.slice(1)) await store.store(key, bytes('old'), LONG);
        const gone = await acquireAndComplete(context, context.key('removed'), bytes('old'));
        const answers = await throughACut(turns, () =>
          Promise.all([
            ...all.map((each) => settled(() => each.act(client.store))),
            ...there.map((key) => settled(() => client.store.store(key, bytes('new'), LONG))),
            settled(() => client.store.remove(gone.key)),
          ]),
        );
        for (const [i, each] of all.entries()) {
          const move = moves[i] ?? 'find';
          const what = `${move}, sent in vain at first`;
          expect.that(what, each.isRight(answers[i]), 'the right answer', answers[i]);
          expect.same(`the key after ${what}`, await found(context, each), AFTER[move]);
        }
        for (const key of there) {
          expect.same('find after a store over a result', await store.find(key), bytes('new'));
        }
        expect.same('exists after a remove', await store.exists(gone.key), false);
      }
    },
    how,
  ),
];
