import { setImmediate } from 'node:timers/promises';
import type { IdempotencyStore } from '@idem/core';
import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG } from '../kit/material.ts';
import { together } from '../kit/steps.ts';

const { timed } = family('concurrency');

/** By how many turns of the event loop the next one comes after what meets a record that is over. */
const TURNS = [0, 1, 3];

type Act = (store: IdempotencyStore, key: string, token: string) => Promise<unknown>;

/** What was there, and is over after a millisecond. */
const OVER: Readonly<Record<string, Act>> = {
  'a result that expired': (store, key) => store.store(key, bytes('old'), 1),
  'a claim that lapsed': (store, key, token) => store.claim(key, { token, lease: 1 }),
};

/** What meets it, and may tidy it away. */
const MEETS: Readonly<Record<string, Act>> = {
  find: (store, key) => store.find(key),
  exists: (store, key) => store.exists(key),
  inspect: (store, key) => store.inspect(key),
  'a late release': (store, key, token) => store.release(key, token),
  'a late renewal': (store, key, token) => store.renew(key, token, LONG),
  'a late completion': (store, key, token) => store.complete(key, token, bytes('late'), LONG),
};

interface Scene {
  readonly over: string;
  readonly meets: string;
  readonly next: 'store' | 'claim';
  readonly turns: number;
  readonly key: string;
  readonly token: string;
}

function scenesOf({ key, token }: RuleContext): Scene[] {
  return Object.keys(OVER).flatMap((over) =>
    Object.keys(MEETS).flatMap((meets) =>
      TURNS.flatMap((turns) =>
        (['store', 'claim'] as const).map((next) => {
          return { over, meets, next, turns, key: key(), token: token() };
        }),
      ),
    ),
  );
}

async function expectSpared(
  context: RuleContext,
  other: IdempotencyStore,
  { over, meets, next, turns, key, token }: Scene,
): Promise<void> {
  const { store, expect } = context;
  const own = context.token();
  const met = MEETS[meets]?.(store, key, token);
  for (let turn = 0; turn < turns; turn += 1) await setImmediate();
  if (next === 'store') await other.store(key, bytes('new'), LONG);
  else await other.claim(key, { token: own, lease: LONG, fingerprint: 'new' });
  await met;
  // What is sent after its answer has come by then.
  for (let turn = 0; turn < 4; turn += 1) await setImmediate();
  const what = `${next}, as ${meets} meets ${over}`;
  if (next === 'store') expect.same(`find after ${what}`, await store.find(key), bytes('new'));
  else expect.same(`renew after ${what}`, await store.renew(key, own, LONG), true);
}

/** Whoever meets a record that is over may tidy it away, and nothing that has come since. */
export const tidyingRules: readonly Rule[] = [
  timed(
    'tidying-spares-what-is-new',
    'Whoever meets a record that is over leaves alone what takes its place at that moment: a result that is stored, or the next claim.',
    async (context, time) => {
      const { store } = context;
      const other = await context.open();
      const scenes = scenesOf(context);
      const { end } = await time.begin(1, () =>
        together(
          scenes.map(
            ({ over, key, token }) =>
              async () =>
                OVER[over]?.(store, key, token),
          ),
        ),
      );
      await time.at(end);
      await together(scenes.map((scene) => () => expectSpared(context, other, scene)));
    },
    { grade: 'stochastic' },
  ),
];
