import { absent } from '@idem/contract-tests';
import { IdempotencyError, type Unwatch } from '@idem/core';
import { type BrokenStore, broken, memoryHarness } from './kit/broken-store.ts';
import type { Claim, Release } from './kit/parts.ts';
import { type Backend, ReferenceStore } from './kit/reference-store.ts';

/** Mistakes of a client that watches by a connection, which may be cut. */
export const subscriptionMistakes: readonly BrokenStore[] = [
  broken(
    'connection-of-a-subscriber',
    'Subscribes on the connection that its operations use, which then takes no others.',
    { 'watch.watching-holds-nobody-up': /ended by an error Error: only UNSUBSCRIBE is allowed/ },
    class extends ReferenceStore {
      #subscribed = false;
      protected override doWatch(key: string, wake: () => void): Unwatch {
        this.#subscribed = true;
        return super.doWatch(key, wake);
      }
      protected override async doClaim(...parts: Parameters<Claim>): ReturnType<Claim> {
        if (this.#subscribed) throw new Error('only UNSUBSCRIBE is allowed');
        return super.doClaim(...parts);
      }
    },
  ),
  broken(
    'wakes-as-it-sends',
    'Tells the watchers of a release as it is sent, before the backend knows of it.',
    { 'watch.told-within-a-wake': /inspect within each wake-up by release: expected one at least/ },
    class extends ReferenceStore {
      #sending = false;
      protected override wakeUp(key: string): void {
        if (!this.#sending) super.wakeUp(key);
      }
      protected override async doRelease(...parts: Parameters<Release>): Promise<boolean> {
        this.wakeUp(parts[0]);
        await this.travel();
        this.#sending = true;
        return super.doRelease(...parts).finally(() => {
          this.#sending = false;
        });
      }
    },
  ),
  broken(
    'watches-that-are-counted',
    'Takes 200 calls of watch, and forgets to count those that have stopped.',
    { 'watch.again-after-a-stop': /a watcher after 140 that have stopped: expected to be woken/ },
    class extends ReferenceStore {
      #calls = 0;
      protected override doWatch(key: string, wake: () => void): Unwatch {
        this.#calls += 1;
        return this.#calls > 200 ? () => {} : super.doWatch(key, wake);
      }
    },
  ),
  broken(
    'wakes-with-what-there-is',
    'Wakes who watches with the value that was recorded, and so not for an empty one.',
    { 'watch.any-end-wakes': /another client, by complete with nothing: expected to be woken/ },
    class extends ReferenceStore {
      protected override wakeUp(key: string): void {
        const { record } = this.row(key);
        if (record?.state !== 'completed' || record.value.length > 0) super.wakeUp(key);
      }
    },
  ),
  {
    name: 'wakes-with-the-reply',
    mistake: 'Tells who watches once the reply has come, and of one that was lost nobody.',
    caughtBy: {
      'watch.lost-replies-wake': /another client, by complete whose reply was lost: expected/,
    },
    harness: () => {
      const backend: Backend = { rows: new Map(), now: () => Date.now() };
      let losing = false;
      return {
        ...memoryHarness('wakes-with-the-reply'),
        open: async () => new ReferenceStore(backend),
        faults: {
          open: async () => {
            const client = new WakingAfterwards(backend);
            client.loses = () => {
              const lost = losing;
              losing = false;
              return lost;
            };
            return client;
          },
          loseNextReply: () => {
            losing = true;
          },
          cut: async () => {},
          restore: async () => {},
          hang: absent('nothing is silent'),
        },
      };
    },
  },
  {
    name: 'subscriptions-that-end-with-their-connection',
    mistake: 'Connects again when its connection was cut, and does not watch again.',
    caughtBy: {
      'watch.goes-on-after-a-cut': /after the cut, the first time: expected to be woken/,
    },
    harness: () => {
      const backend: Backend = { rows: new Map(), now: () => Date.now() };
      const opened = new Set<Subscriber>();
      let down = false;
      const cut = async (): Promise<void> => {
        down = true;
        for (const client of opened) client.drop();
      };
      const open = async (): Promise<Subscriber> => {
        const client = new Subscriber(backend, () => down);
        opened.add(client);
        return client;
      };
      return {
        ...memoryHarness('subscriptions-that-end-with-their-connection'),
        open: async () => new ReferenceStore(backend),
        faults: {
          ...{ open, cut, loseNextReply: () => {} },
          restore: async () => {
            down = false;
          },
          hang: absent('it does not hang'),
        },
      };
    },
  },
];

/** A client that can be cut off, and loses what it watches with that. */
class Subscriber extends ReferenceStore {
  readonly #isDown: () => boolean;
  readonly #stops: Unwatch[] = [];

  constructor(backend: Backend, isDown: () => boolean) {
    super(backend);
    this.#isDown = isDown;
  }

  drop(): void {
    for (const stop of this.#stops) stop();
  }

  protected override async travel(): Promise<void> {
    await super.travel();
    const lost = { retryable: true };
    if (this.#isDown()) throw new IdempotencyError('IDEM_STORE_UNAVAILABLE', 'cut off', lost);
  }

  protected override doWatch(key: string, wake: () => void): Unwatch {
    const stop = super.doWatch(key, wake);
    this.#stops.push(stop);
    return stop;
  }
}

/** Wakes, after its reply, by itself; and sends again what was lost. */
class WakingAfterwards extends ReferenceStore {
  loses: () => boolean = () => false;
  protected override wakeUp(key: string): void {
    if (!this.loses()) super.wakeUp(key);
  }
}
