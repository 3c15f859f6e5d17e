import type { Acquired, IdempotencyStore } from '@idem/core';
import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG } from '../kit/material.ts';
import { expectCompleted, expectHeld } from '../kit/steps.ts';
import type { Timeline } from '../kit/timeline.ts';

const { timed } = family('lifecycle');

type Client = IdempotencyStore;

interface Owed {
  readonly what: string;
  readonly key: string;
  readonly fence: number;
  readonly takeover: boolean;
}

/** Claims through a client, and takes down what is owed to the next claim once this one is over. */
async function claimed(
  context: RuleContext,
  client: Client,
  lease: number,
  key = context.key(),
): Promise<Acquired & { readonly key: string; readonly token: string }> {
  const token = context.token();
  const result = await client.claim(key, { token, lease, fingerprint: 'print' });
  return { ...context.expect.acquired('a claim of the vacant key', result), key, token };
}

/** Claims that lapse, of each client: one that nobody displaced, and one that was a takeover itself. */
async function lapses(
  context: RuleContext,
  time: Timeline,
  clients: readonly Client[],
): Promise<Owed[]> {
  const { result: first, end } = await time.begin(1, () =>
    Promise.all(clients.flatMap((client) => [1, 2].map(() => claimed(context, client, 1)))),
  );
  await time.at(end);
  const { result: taken, end: last } = await time.begin(1, () =>
    Promise.all(clients.map((client, i) => claimed(context, client, 1, first[2 * i + 1]?.key))),
  );
  await time.at(last);
  const once = first.filter((_, i) => i % 2 === 0);
  return [
    ...once.map(({ key, fence }) => ({ what: 'a lapse', key, fence, takeover: true })),
    ...taken.map(({ key, fence }) => ({ what: 'a lapsed takeover', key, fence, takeover: true })),
  ];
}

/** Claims that were ended just now: their fences are ahead of the clock. */
async function ended(context: RuleContext, client: Client): Promise<Owed[]> {
  const owed: Owed[] = [];
  const ends: Readonly<Record<string, (key: string, token: string) => Promise<unknown>>> = {
    release: (key, token) => client.release(key, token),
    remove: (key) => client.remove(key),
    'complete and remove': async (key, token) => {
      await client.complete(key, token, bytes('result'), LONG);
      await client.remove(key);
    },
    'store and remove': async (key) => {
      await client.store(key, bytes('stored'), LONG);
      await client.remove(key);
    },
  };
  for (const [what, end] of Object.entries(ends)) {
    const key = context.key();
    let fence = 0;
    for (const _time of [1, 2, 3]) {
      const held = await claimed(context, client, LONG, key);
      await end(key, held.token);
      ({ fence } = held);
    }
    owed.push({ what, key, fence, takeover: false });
  }
  return owed;
}

/** Clients that come and go: unused, at work, at work with the oldest and the youngest keys, and all at once. */
async function comeAndGo(context: RuleContext, leaving: Client): Promise<Client> {
  await (await context.open()).close();
  const working = await context.open();
  const { key, token } = await claimed(context, working, LONG);
  await working.release(key, token);
  await Promise.all([working.close(), leaving.close()]);
  const last = await context.open();
  await last[Symbol.asyncDispose]();
  return context.open();
}

/** What is owed is the backend's, and no client that begins or ends tidies it away. */
export const comingsAndGoings: readonly Rule[] = [
  timed(
    'comings-and-goings-leave-what-is-owed',
    'Clients that are opened and closed leave everything as it is: results and claims, lapses that are owed, and the fences of what was released or removed.',
    async (context, time) => {
      const { store, expect } = context;
      const leaving = await context.open();
      const owed = await lapses(context, time, [store, leaving]);
      const live = await Promise.all(
        [store, leaving].map(async (client) => {
          const [held, done] = [
            await claimed(context, client, LONG),
            await claimed(context, client, LONG),
          ];
          await client.complete(done.key, done.token, bytes('result'), LONG);
          return { held, done };
        }),
      );
      owed.push(...(await ended(context, store)), ...(await ended(context, leaving)));
      const next = await comeAndGo(context, leaving);
      for (const [i, { what, key, fence, takeover }] of owed.entries()) {
        const seen = await store.inspect(key);
        expect.same(`inspect after ${what}`, seen, { state: 'vacant', takeover });
        const taken = await claimed(context, i % 2 === 0 ? store : next, LONG, key);
        expect.same(`takeover of a claim after ${what}`, taken.takeover, takeover);
        const grown = taken.fence > fence;
        expect.that(`the fence after ${what}`, grown, `more than ${fence}`, taken.fence);
      }
      for (const { held, done } of live) {
        await expectHeld(context, 'a claim', held.key, 'print');
        await expectCompleted(context, 'a result', done.key, bytes('result'), 'print');
      }
    },
  ),
];
