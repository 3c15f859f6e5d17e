import { setImmediate } from 'node:timers/promises';
import type { IdempotencyStore } from '@idem/core';
import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { acquire } from '../kit/steps.ts';
import { expectWoken, wakeUp, watchersOf } from '../kit/watching.ts';

const { rule } = family('watch');

/** How often a client watches and stops: two keys each time. */
const TIMES = 140;
/** Turns of the event loop between the last stop and the next watching: what goes on behind it has more of them. */
const TURNS = [0, 1, 2, 4];

async function expectHeard(
  context: RuleContext,
  client: IdempotencyStore,
  what: string,
  turns: number,
): Promise<void> {
  const held = await acquire(context, context.key());
  for (const _time of [1, 2]) client.watch(held.key, () => {})();
  for (let turn = 0; turn < turns; turn += 1) await setImmediate();
  const woken = wakeUp(context, client, held.key);
  await context.store.release(held.key, held.token);
  await expectWoken(context, what, woken);
}

/** Whoever waits watches, stops and watches again: one after another, for as long as the process lives. */
export const watchedAgainRules: readonly Rule[] = [
  rule(
    'again-after-a-stop',
    'Whoever watches again, right after the last watcher of the key has stopped or a little later, and however often a client did so before, is woken.',
    async (context) => {
      for (const client of await watchersOf(context)) {
        await Promise.all(
          TURNS.map((turns) =>
            expectHeard(context, client, `a watcher ${turns} turns after the last stopped`, turns),
          ),
        );
      }
      const { store } = context;
      const [one, keys] = [context.key(), Array.from({ length: 8 }, () => context.key())];
      for (let time = 0; time < TIMES; time += 1) {
        const stops = [store.watch(one, () => {}), store.watch(keys[time % 8] ?? one, () => {})];
        for (const stop of stops) stop();
        if (time % 100 === 0) await setImmediate();
      }
      const what = `a watcher after ${TIMES} that have stopped`;
      await expectHeard(context, store, what, 0);
    },
  ),
];
