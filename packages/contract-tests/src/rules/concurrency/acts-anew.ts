import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import type { IdempotencyStore } from '@idem/core';
import { idOf, type Move } from '../../moves.ts';
import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG } from '../kit/material.ts';
import { together } from '../kit/steps.ts';

const { rule } = family('concurrency');

/** Keys for which that is tried side by side, and by how many milliseconds at the most the first is ahead. */
const KEYS = 16;
const AHEAD = 3;

export type Acting = Extract<Move, 'store' | 'remove' | 'complete' | 'release' | 'claim'>;

interface ActingScene {
  /** What is there before. */
  readonly before: (store: IdempotencyStore, key: string, token: string) => Promise<unknown>;
  /** What is done twice. */
  readonly act: (store: IdempotencyStore, key: string, token: string) => Promise<unknown>;
  /** What is done between the two, and undoes the first. */
  readonly undo: (store: IdempotencyStore, key: string, token: string) => Promise<unknown>;
  readonly after: 'vacant' | 'claimed' | 'completed';
}

const claim: ActingScene['act'] = (store, key, token) => store.claim(key, { token, lease: LONG });
const remove: ActingScene['act'] = (store, key) => store.remove(key);
const store: ActingScene['act'] = (client, key) => client.store(key, bytes('value'), LONG);
const nothing = async (): Promise<void> => {};

export const ACTING_SCENES: Readonly<Record<Acting, ActingScene>> = {
  store: { before: nothing, act: store, undo: remove, after: 'completed' },
  remove: { before: store, act: remove, undo: store, after: 'vacant' },
  claim: { before: nothing, act: claim, undo: remove, after: 'claimed' },
  release: {
    before: claim,
    act: (client, key, token) => client.release(key, token),
    undo: claim,
    after: 'vacant',
  },
  complete: {
    before: claim,
    act: (client, key, token) => client.complete(key, token, bytes('value'), LONG),
    undo: async (client, key, token) => {
      await remove(client, key, token);
      await claim(client, key, token);
    },
    after: 'completed',
  },
};

/** Acts, undoes it, and acts once more while the first may still be under way. */
async function expectActs(
  context: RuleContext,
  move: Acting,
  by: IdempotencyStore,
  nth: number,
): Promise<void> {
  const { store: client, expect } = context;
  const { before, act, undo, after } = ACTING_SCENES[move];
  const [key, token] = [context.key(), context.token()];
  await before(client, key, token);
  const first = act(client, key, token);
  if (nth % 2 === 0) await setImmediate();
  else await sleep(nth % (AHEAD + 1));
  await undo(by, key, token);
  await act(client, key, token);
  await first;
  expect.same(`the key after ${move}, asked again`, (await client.inspect(key)).state, after);
}

export const ACTING: readonly Acting[] = ['store', 'remove', 'claim', 'release', 'complete'];

/** What is asked once more is done once more. */
export const actsAnewRules: readonly Rule[] = ACTING.map((move) =>
  rule(
    `acts-anew-in-${idOf(move)}`,
    `${move}, asked once more after it was undone, is done once more, also while the first of the two has not come back.`,
    async (context) => {
      const other = await context.open();
      await together(
        Array.from({ length: KEYS }, (_, i) => () => {
          const by = i % 4 < 2 ? context.store : other;
          return expectActs(context, move, by, i);
        }),
      );
    },
    { proves: { property: 'anew', moves: [move] } },
  ),
);
