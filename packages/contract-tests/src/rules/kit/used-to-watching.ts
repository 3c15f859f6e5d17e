import { setTimeout as sleep } from 'node:timers/promises';
import type { IdempotencyStore } from '@idem/core';
import type { RuleContext } from '../../rule.ts';
import { acquire, type Holder } from './steps.ts';
import { expectWoken, GRACE, within } from './watching.ts';

/** Watches a key for as long as it is asked to, and counts. */
class Watcher {
  readonly #unwatch: () => void;
  #wakes = 0;
  #notify = (): void => {};

  constructor(client: IdempotencyStore, key: string) {
    this.#unwatch = client.watch(key, () => {
      this.#wakes += 1;
      this.#notify();
    });
  }

  /** From now on: answers whether it is woken while patience lasts. */
  listen(context: RuleContext): () => Promise<boolean> {
    const before = this.#wakes;
    const woken = new Promise<void>((resolve) => {
      this.#notify = resolve;
    });
    return async () => this.#wakes > before || within(context, woken);
  }

  stop(): void {
    this.#unwatch();
  }
}

/** Ends claim after claim of a key that each of the clients goes on watching, and expects each to be woken each time. */
export async function expectEndsToWake(
  context: RuleContext,
  clients: readonly IdempotencyStore[],
  end: (held: Holder) => unknown,
  rounds = 2,
): Promise<void> {
  const { store } = context;
  const key = context.key();
  const watchers = clients.map((client) => new Watcher(client, key));
  for (let round = 1; round <= rounds; round += 1) {
    const held = await acquire(context, key);
    // What earlier ends may still bring has come by now, or counts for this one: too often is allowed.
    await sleep(GRACE);
    const heard = watchers.map((watcher) => watcher.listen(context));
    await end(held);
    for (const [at, woken] of heard.entries()) {
      const who = `client ${at + 1} of ${clients.length}, which goes on watching`;
      await expectWoken(context, `${who}, by end number ${round}`, woken());
    }
    await store.remove(key);
  }
  for (const watcher of watchers) watcher.stop();
}
