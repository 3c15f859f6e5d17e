import { setImmediate } from 'node:timers/promises';
import type { IdempotencyStore } from '@idem/core';
import { idOf, type Move } from '../../moves.ts';
import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG } from '../kit/material.ts';
import { acquire, acquireAndComplete, together } from '../kit/steps.ts';

const { rule } = family('concurrency');

type Client = IdempotencyStore;

const MOST_UNDER_WAY = 30;

/** A question, what it is answered first, and what once something was done to the key. */
export interface AskingScene {
  readonly ask: (client: Client) => Promise<unknown>;
  readonly before: unknown;
  /** What is done, by the client that asks or by another. */
  readonly change: (client: Client) => Promise<unknown>;
  readonly after: unknown;
}

export type Asking = Exclude<Move, 'store' | 'remove' | 'complete' | 'release'>;

export const ASKING_SCENES: Readonly<
  Record<Asking, (context: RuleContext) => Promise<readonly AskingScene[]>>
> = {
  find: (context) => looks(context, (client, key) => client.find(key), [null, bytes('result')]),
  exists: (context) => looks(context, (client, key) => client.exists(key), [false, true]),
  inspect: (context) => {
    const look = async (client: Client, key: string) => (await client.inspect(key)).state;
    return looks(context, look, ['vacant', 'completed']);
  },
  claim: async (context) => {
    const { key } = await acquireAndComplete(context, context.key());
    const held = await acquire(context, context.key());
    const ask = (at: string) => async (client: Client) =>
      (await client.claim(at, { token: context.token(), lease: LONG })).outcome;
    return [
      ...[{ ask: ask(key), before: 'completed', change: removing(key), after: 'acquired' }],
      {
        ask: ask(held.key),
        ...{ before: 'in-progress', after: 'completed' },
        change: (client) => client.complete(held.key, held.token, bytes('result'), LONG),
      },
    ];
  },
  'claim again': async (context) => {
    const { key, token } = await acquire(context, context.key());
    const stored = await acquire(context, context.key());
    const ask = (at: string, by: string) => async (client: Client) =>
      (await client.claim(at, { token: by, lease: LONG })).outcome;
    return [
      { ask: ask(key, token), before: 'acquired', change: taking(key), after: 'in-progress' },
      {
        ask: ask(stored.key, stored.token),
        ...{ before: 'acquired', change: storing(stored.key), after: 'completed' },
      },
    ];
  },
  renew: async (context) => {
    const { store } = context;
    const changes = [removing, storing, taking];
    const held = await Promise.all(changes.map(() => acquire(context, context.key())));
    const released = await acquire(context, context.key());
    const ask =
      ({ key, token }: { readonly key: string; readonly token: string }) =>
      (client: Client) =>
        client.renew(key, token, LONG);
    return [
      ...held.map((each, i) => ({
        ...{ ask: ask(each), before: true, after: false },
        change: changes[i]?.(each.key) ?? ((): Promise<void> => store.remove(each.key)),
      })),
      {
        ...{ ask: ask(released), before: true, after: false },
        change: (client) => client.release(released.key, released.token),
      },
    ];
  },
  'complete again': async (context) => {
    const [removed, stored] = [
      await acquireAndComplete(context, context.key()),
      await acquireAndComplete(context, context.key()),
    ];
    const ask =
      ({ key, token }: { readonly key: string; readonly token: string }) =>
      (client: Client) =>
        client.complete(key, token, bytes('again'), LONG);
    return [
      { ask: ask(removed), before: true, change: removing(removed.key), after: false },
      { ask: ask(stored), before: true, change: storing(stored.key), after: false },
    ];
  },
};

const removing = (key: string) => (client: Client) => client.remove(key);
const storing = (key: string) => (client: Client) => client.store(key, bytes('stored'), LONG);

/** Another takes the key: it was removed, and claimed anew. */
const taking = (key: string) => async (client: Client) => {
  await client.remove(key);
  await client.claim(key, { token: 'another-that-has-taken-the-key', lease: LONG });
};

/** What is not there and is then, and the other way round. */
async function looks(
  context: RuleContext,
  look: (client: Client, key: string) => Promise<unknown>,
  [absent, present]: readonly [unknown, unknown],
): Promise<readonly AskingScene[]> {
  const [vacant, stored] = [context.key('vacant'), context.key('stored')];
  await context.store.store(stored, bytes('result'), LONG);
  return [
    {
      ask: (client) => look(client, vacant),
      ...{ before: absent, after: present },
      change: (client) => client.store(vacant, bytes('result'), LONG),
    },
    {
      ask: (client) => look(client, stored),
      ...{ before: present, after: absent },
      change: removing(stored),
    },
  ];
}

/** Asks, changes and asks again at once. */
async function expectAnew(
  context: RuleContext,
  move: Asking,
  { ask, before, change, after }: AskingScene,
  by: Client,
): Promise<void> {
  const { store, expect } = context;
  expect.same(`${move}, before`, await ask(store), before);
  const answer = await change(by).then(() => ask(store));
  expect.same(`${move}, right after what changes its answer`, answer, after);
}

/** The same, with others who ask the same at every turn, from some turns before the change on. */
async function expectAnewAmong(
  context: RuleContext,
  move: Asking,
  { ask, change, after }: AskingScene,
  by: Client,
  turns: number,
): Promise<void> {
  const { store, expect } = context;
  const underWay: Promise<unknown>[] = [];
  for (let turn = 0; turn < turns; turn += 1) {
    underWay.push(ask(store));
    await setImmediate();
  }
  underWay.push(ask(store));
  let changed = false;
  const asked = change(by).then(() => {
    changed = true;
    return ask(store);
  });
  while (!changed && underWay.length < MOST_UNDER_WAY) {
    underWay.push(ask(store));
    await setImmediate();
  }
  const what = `${move}, right after what changes its answer, while others ask`;
  expect.same(what, await asked, after);
  await Promise.allSettled(underWay);
}

const READS: readonly Asking[] = ['find', 'exists', 'inspect'];
export const ASKING: readonly Asking[] = [
  ...READS,
  'claim',
  'claim again',
  'renew',
  'complete again',
];

/** Each question is put to the backend as it is now: not answered from memory, nor by one that was asked earlier. */
export const anewRules: readonly Rule[] = ASKING.map((move) =>
  rule(
    `anew-in-${idOf(move)}`,
    `${move} is answered by what is there now, whatever was answered a moment ago and whatever is still under way: also when another client changed it.`,
    async (context) => {
      const other = await context.open();
      for (const by of [context.store, other]) {
        for (const scene of await ASKING_SCENES[move](context)) {
          await expectAnew(context, move, scene, by);
        }
        if (!READS.includes(move)) continue;
        for (const turns of [0, 1, 2]) {
          const scenes = await ASKING_SCENES[move](context);
          const among = (scene: AskingScene) => () =>
            expectAnewAmong(context, move, scene, by, turns);
          await together(scenes.map(among));
        }
      }
    },
    { proves: { property: 'anew', moves: [move] } },
  ),
);
