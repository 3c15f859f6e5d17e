import { setTimeout as sleep } from 'node:timers/promises';
import type { Unwatch } from '@idem/core';
import { now } from '../../model/monotonic.ts';
import type { Rule } from '../../rule.ts';
import { RuleSkipped } from '../../skip.ts';
import { family } from '../kit/family.ts';
import { faultyClient } from '../kit/faulty-client.ts';
import { LONG } from '../kit/material.ts';
import { settled } from '../kit/settled.ts';
import { acquire, type Holder } from '../kit/steps.ts';
import { ENDS, expectWoken, GRACE, wakeUp, watchersOf, within } from '../kit/watching.ts';

const { rule, timed } = family('watch');

/** Milliseconds in which an operation is answered, on however busy a machine. */
const PATIENCE = 20_000;
const WATCHED = 250;
/** Milliseconds within which a client that was cut off listens again, and between two ends meanwhile. */
const LISTENS = 15_000;
const AGAIN = 100;

/** A watcher may be stopped at any moment, and also by another one. */
export const stoppingRules: readonly Rule[] = [
  rule(
    'unwatch-within-a-wake',
    'A wake that stops the other watchers of its key stops them at once: none of them is called any more.',
    async (context) => {
      await watchersOf(context);
      const { store, expect } = context;
      const held = await acquire(context, context.key());
      const called = new Set<number>();
      const stops: Unwatch[] = [];
      const woken = new Promise<void>((resolve) => {
        for (const n of [0, 1, 2]) {
          const wake = (): void => {
            called.add(n);
            for (const [other, stop] of stops.entries()) if (other !== n) stop();
            resolve();
          };
          stops.push(store.watch(held.key, wake));
        }
      });
      await store.release(held.key, held.token);
      await expectWoken(context, 'one of three watchers', within(context, woken));
      await sleep(GRACE);
      expect.same('how many were called, where the first stops the others', called.size, 1);
      for (const stop of stops) stop();
    },
  ),

  rule(
    'changes-within-a-wake',
    'A wake that stops itself, or begins to watch again, keeps nobody after it from being woken.',
    async (context) => {
      await watchersOf(context);
      const { store, expect } = context;
      for (const again of [false, true]) {
        const held = await acquire(context, context.key());
        const called = new Set<number>();
        const stops: Unwatch[] = [];
        const all = new Promise<void>((resolve) => {
          for (const n of [0, 1, 2, 3]) {
            const wake = (): void => {
              called.add(n);
              if (n < 2) stops[n]?.();
              if (n < 2 && again && stops.length < 8) stops.push(store.watch(held.key, () => {}));
              if (called.size === 4) resolve();
            };
            stops.push(store.watch(held.key, wake));
          }
        });
        await store.release(held.key, held.token);
        await within(context, all);
        const what = again ? 'begins to watch again' : 'stops itself';
        expect.same(`how many of four were called, where the first ${what}`, called.size, 4);
        for (const stop of stops) stop();
      }
    },
  ),

  timed(
    'every-claim-wakes',
    'Whichever way a claim came to be held, as a takeover, renewed, or claimed again, each end of it wakes who watches.',
    async (context, time) => {
      const [, other = context.store] = await watchersOf(context);
      const { store } = context;
      const lapsing = await Promise.all(
        ENDS.map(async () => (await acquire(context, context.key(), { lease: 1 })).key),
      );
      await time.pass(3);
      const held: [string, Holder][] = [];
      for (const key of lapsing) {
        held.push(['a takeover', await acquire(context, key, { fingerprint: 'print' })]);
      }
      for (const _end of ENDS) {
        const renewed = await acquire(context, context.key());
        await store.renew(renewed.key, renewed.token, LONG);
        const again = await acquire(context, context.key());
        await store.claim(again.key, { token: again.token, lease: LONG });
        held.push(['a renewed claim', renewed], ['a repeated claim', again]);
      }
      const woken = held.map(([, { key }]) => wakeUp(context, other, key));
      const ends = [...ENDS, ...ENDS.flatMap((end) => [end, end])];
      await Promise.all(held.map(([, each], i) => ends[i]?.[1](store, each)));
      for (const [i, each] of woken.entries()) {
        await expectWoken(context, `${ends[i]?.[0]} of ${held[i]?.[0]}`, each);
      }
    },
  ),

  rule(
    'many-keys-at-once',
    'Whoever watches hundreds of keys at once, each for itself, is woken by each of them, and works on meanwhile.',
    async (context) => {
      const { expect } = context;
      const [, other = context.store] = await watchersOf(context);
      const keys = Array.from({ length: WATCHED }, () => context.key());
      const held = await Promise.all(keys.map((key) => acquire(context, key)));
      const woken = held.map(({ key }) => wakeUp(context, other, key));
      // Who watches goes on working: watching takes no connection from the operations.
      const works = other.exists(context.key()).then(() => true);
      const answered = await Promise.race([works, sleep(PATIENCE, false, { ref: false })]);
      expect.same('an operation of who watches, answered', answered, true);
      await Promise.all(held.map(({ key, token }) => context.store.release(key, token)));
      for (const [i, each] of woken.entries()) {
        await expectWoken(context, `the watcher of key ${i + 1} of ${WATCHED}`, each);
      }
    },
  ),

  rule(
    'closing-leaves-other-watchers',
    'close of one client ends the watching of that client alone: whoever watches through another is woken.',
    async (context) => {
      const [store, other] = await watchersOf(context);
      for (const [what, client] of [
        ['the client that releases', store],
        ['another client', other],
      ] as const) {
        if (client === undefined) continue;
        const closed = await context.open();
        const again = await acquire(context, context.key());
        const stop = closed.watch(again.key, () => {});
        const woken = wakeUp(context, client, again.key);
        await (await context.open()).close();
        await closed.close();
        stop();
        await context.store.release(again.key, again.token);
        await expectWoken(context, `a watcher of ${what}, once others have closed`, woken);
      }
    },
  ),

  rule(
    'goes-on-after-a-cut',
    'Who watches goes on being woken once the connection that was cut is back.',
    async (context) => {
      await using client = await faultyClient(context);
      const { wakeUp: promised } = client.store.supports;
      if (!promised.promised) throw new RuleSkipped(promised.reason);
      const key = context.key();
      let notify = (): void => {};
      const stop = client.store.watch(key, () => notify());
      // A client may need a moment to listen, and again after the cut: ends go on until one is heard.
      const isWoken = async (): Promise<boolean> => {
        for (const begun = now(); now() - begun < LISTENS; ) {
          const woken = new Promise<boolean>((resolve) => {
            notify = () => resolve(true);
          });
          const { token } = await acquire(context, key);
          await context.store.release(key, token);
          if (await Promise.race([woken, sleep(AGAIN, false)])) return true;
        }
        return false;
      };
      await expectWoken(context, 'before the cut', isWoken());
      await client.faults.cut();
      const asked = client.store.exists(key).catch(() => {});
      await sleep(GRACE);
      await client.faults.restore();
      await asked;
      await settled(() => client.store.exists(key));
      await sleep(GRACE);
      // The first may be the one wake-up for whatever was missed meanwhile.
      for (const end of ['first', 'second']) {
        await expectWoken(context, `after the cut, the ${end} time`, isWoken());
      }
      stop();
    },
    { needs: ['faults'], exclusive: true },
  ),
];
