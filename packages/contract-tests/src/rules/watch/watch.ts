import { setTimeout as sleep } from 'node:timers/promises';
import type { Rule } from '../../rule.ts';
import { RuleSkipped } from '../../skip.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG } from '../kit/material.ts';
import { acquire, expectHeld, type Holder } from '../kit/steps.ts';
import { expectEndsToWake } from '../kit/used-to-watching.ts';
import {
  ENDS,
  expectThrows,
  expectWoken,
  GRACE,
  wakeUp,
  watchersOf,
  within,
} from '../kit/watching.ts';

const { rule } = family('watch');

/** Watchers of one key in a client: more than what listens to one name elsewhere. */
const SEVERAL = 12;

const whose = (client: number): string => (client === 0 ? 'the same client' : 'another client');

/** A wake-up saves a question and is never relied on; a store declares in `supports.wakeUp` whether it has one. */
export const watchRules: readonly Rule[] = [
  rule(
    'support-is-declared',
    'supports declares wakeUp: promised, or not and why.',
    async ({ store, expect }) => {
      const { wakeUp } = store.supports;
      const declared =
        wakeUp?.promised === true ||
        (wakeUp?.promised === false && typeof wakeUp.reason === 'string' && wakeUp.reason !== '');
      const expected = '{ promised: true } or { promised: false, reason }';
      expect.that('supports.wakeUp', declared, expected, wakeUp);
    },
  ),

  ...ENDS.map(([name, end]) =>
    rule(
      `${name}-wakes`,
      `${name} of a held key wakes who watches it, in another client too, also when it comes right after the call of watch.`,
      async (context) => {
        const clients = await watchersOf(context);
        const held = await acquire(context, context.key());
        const woken = clients.map((client) => wakeUp(context, client, held.key));
        await end(context.store, held);
        for (const [i, wake] of woken.entries()) {
          await expectWoken(context, `${whose(i)}, right after the call of watch`, wake);
        }
        // A store may call every wake as the watching begins, since it cannot know what came before.
        await expectEndsToWake(context, clients, (used) => end(context.store, used));
      },
    ),
  ),

  rule(
    'every-end-wakes',
    'Who goes on watching is woken by every end of a claim of the key, not only by the first.',
    async (context) => {
      const [, other = context.store] = await watchersOf(context);
      const release = ({ key, token }: Holder) => context.store.release(key, token);
      await expectEndsToWake(context, [other], release, 5);
    },
  ),

  rule(
    'every-watcher-is-woken',
    'Everybody who watches a key is woken: several of one client, and the same function twice.',
    async (context) => {
      const clients = await watchersOf(context);
      const held = await acquire(context, context.key());
      const woken = clients.flatMap((client) =>
        Array.from({ length: SEVERAL }, () => wakeUp(context, client, held.key)),
      );
      let calls = 0;
      let notify = (): void => {};
      const both = new Promise<void>((resolve) => {
        notify = resolve;
      });
      const twice = (): void => {
        calls += 1;
        if (calls === 2) notify();
      };
      const unwatch = [context.store.watch(held.key, twice), context.store.watch(held.key, twice)];
      await context.store.complete(held.key, held.token, bytes('result'), LONG);
      for (const [i, wake] of woken.entries()) {
        await expectWoken(context, `watcher ${i + 1} of ${woken.length}`, wake);
      }
      const twiceCalled = await within(context, both);
      context.expect.that(
        'what watches twice',
        twiceCalled,
        'called twice',
        `called ${calls} times`,
      );
      for (const stop of unwatch) stop();
    },
  ),

  rule(
    'keys-are-exact',
    'Who watches a long key, or one with characters that are patterns or separators elsewhere, is woken by that key.',
    async (context) => {
      const [, other = context.store] = await watchersOf(context);
      const endings = [
        ...['x'.repeat(950), '*?[a]{b}', 'a b\n\0', 'é💳', ':::', "'%_\\", 'A', 'a'],
        ...['(', ')', '[', ']', '{', '{1}', '\\', '^a|b$', '+', '?+', '*', '.', '(?<a', '[b-a]'],
        ...['e\u0301', ' a', 'a ', '\n', '\u2028', 'ß', '"', '__proto__', '$&', '\\d', '\\Q'],
      ];
      const held = await Promise.all(
        endings.map((ending) => {
          const key = context.key('') + ending;
          return acquire(context, key.length > 900 ? key.padEnd(1_024, 'x') : key);
        }),
      );
      // All are watched while each of the claims ends: what one key means disturbs no other.
      const woken = held.map(({ key }) => wakeUp(context, other, key));
      for (const [i, each] of held.entries()) await ENDS[i % ENDS.length]?.[1](context.store, each);
      for (const [i, ending] of endings.entries()) {
        const what = `the key ending in ${JSON.stringify(ending.slice(-9))}`;
        await expectWoken(context, what, woken[i] ?? Promise.resolve(false));
      }
    },
  ),

  rule(
    'unwatch-stops',
    'After unwatch, which may be called again, its wake is not called; another watcher of the key, of the same function too, still is.',
    async (context) => {
      await watchersOf(context);
      const { store, expect } = context;
      const held = await acquire(context, context.key());
      let calls = 0;
      let notify = (): void => {};
      const counted = new Promise<void>((resolve) => {
        notify = resolve;
      });
      const count = (): void => {
        calls += 1;
        notify();
      };
      const unwatch = store.watch(held.key, count);
      const kept = store.watch(held.key, count);
      const wake = wakeUp(context, store, held.key);
      unwatch();
      unwatch();
      await store.release(held.key, held.token);
      await expectWoken(context, 'a watcher beside it', wake);
      const heard = await within(context, counted);
      expect.that('calls of what watched twice and stopped once', heard, '1 or more', calls);
      kept();
      calls = 0;
      const next = await acquire(context, held.key);
      const again = wakeUp(context, store, held.key);
      await store.complete(next.key, next.token, bytes('result'), LONG);
      await expectWoken(context, 'a watcher that goes on', again);
      await sleep(GRACE);
      expect.same('calls after both have stopped', calls, 0);
    },
  ),

  rule(
    'throwing-wake-harms-nothing',
    'A wake that throws breaks neither the operation that woke it nor another watcher.',
    async (context) => {
      await watchersOf(context);
      const { store, expect } = context;
      for (const [name, end] of ENDS) {
        const held = await acquire(context, context.key());
        const stops = [
          store.watch(held.key, () => {
            throw new Error('of the watcher');
          }),
        ];
        const wake = wakeUp(context, store, held.key);
        await end(store, held);
        await expectWoken(context, `a watcher beside one that throws, by ${name}`, wake);
        for (const stop of stops) stop();
      }
      const { key } = await acquire(context, context.key());
      await expectHeld(context, 'afterwards, another key', key);
      expect.same('exists of it', await store.exists(key), false);
    },
  ),

  rule(
    'close-ends-watching',
    'After close no wake of that client is called, and its unwatch may still be.',
    async (context) => {
      const clients = await watchersOf(context);
      const closing = await context.open();
      const held = await acquire(context, context.key());
      let calls = 0;
      const unwatch = closing.watch(held.key, () => {
        calls += 1;
      });
      await closing.close();
      calls = 0;
      const woken = clients.map((client) => wakeUp(context, client, held.key));
      await context.store.release(held.key, held.token);
      for (const wake of woken) await expectWoken(context, 'a client that is open', wake);
      await sleep(GRACE);
      context.expect.same('calls after close', calls, 0);
      unwatch();
    },
  ),

  rule(
    'watching-holds-nobody-up',
    'Watching changes no answer: a key that is watched is claimed, completed and found like any other.',
    async (context) => {
      const { store, expect } = context;
      const key = context.key();
      const stops = [1, 2].map(() => store.watch(key, () => {}));
      const { token } = await acquire(context, key, { fingerprint: 'print' });
      await expectHeld(context, 'a watched claim', key, 'print');
      const done = await store.complete(key, token, bytes('result'), LONG);
      expect.same('complete', done, true);
      expect.same('find', await store.find(key), bytes('result'));
      for (const stop of stops) stop();
    },
  ),

  rule(
    'bad-key-is-refused',
    'watch throws IDEM_INVALID_KEY for what is no key, at the call.',
    async ({ store, expect }) => {
      for (const key of ['', 42, null, undefined, '\ud800', 'x'.repeat(1_025)]) {
        const what = `watch of ${typeof key === 'string' ? JSON.stringify(key.slice(0, 9)) : key}`;
        expectThrows(expect, what, 'IDEM_INVALID_KEY', () => {
          Reflect.apply(store.watch, store, [key, () => {}]);
        });
      }
    },
  ),

  rule(
    'bad-wake-is-refused',
    'watch throws IDEM_INVALID_OPTIONS for a wake that is no function, at the call.',
    async (context) => {
      for (const wake of [undefined, null, 'wake', {}, Promise.resolve()]) {
        const what = wake === undefined ? 'watch with no function' : `watch with ${typeof wake}`;
        expectThrows(context.expect, what, 'IDEM_INVALID_OPTIONS', () => {
          Reflect.apply(context.store.watch, context.store, [context.key(), wake]);
        });
      }
    },
  ),

  rule(
    'closed-is-refused',
    'watch throws IDEM_STORE_CLOSED from the call of close on.',
    async (context) => {
      const client = await context.open();
      const closing = client.close();
      const watch = (): unknown => client.watch(context.key(), () => {});
      expectThrows(context.expect, 'watch while close is under way', 'IDEM_STORE_CLOSED', watch);
      await closing;
      expectThrows(context.expect, 'watch after close', 'IDEM_STORE_CLOSED', watch);
    },
  ),

  rule(
    'unpromised-never-calls',
    'A store that does not promise wakeUp calls no wake.',
    async (context) => {
      const { store, expect } = context;
      if (store.supports.wakeUp.promised) throw new RuleSkipped('wakeUp is promised');
      let calls = 0;
      for (const [, end] of ENDS) {
        const held = await acquire(context, context.key());
        const unwatch = store.watch(held.key, () => {
          calls += 1;
        });
        await end(store, held);
        unwatch();
        unwatch();
      }
      const held = await acquire(context, context.key());
      store.watch(held.key, () => {
        calls += 1;
      });
      await store.release(held.key, held.token);
      await sleep(GRACE);
      expect.same('calls', calls, 0);
    },
  ),
];
