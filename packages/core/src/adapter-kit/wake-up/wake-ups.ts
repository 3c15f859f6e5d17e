import type { Unwatch } from '../../contract/store.ts';
import { Channel } from './channel.ts';
import type { Subscriber, SubscriberEvents } from './subscriber.ts';

/** Connects for the first of those that listen; `channel` is what one of them listens to. */
export type OpenSubscriber = (events: SubscriberEvents, channel: string) => Promise<Subscriber>;

/** Milliseconds before the nth attempt in a row to listen. */
function delay(failures: number): number {
  return Math.min(50 * 2 ** failures, 5_000);
}

/**
 * Hears, on one connection for all that watch, of keys that ceased to be claimed. The connection is
 * made for the first watcher and made anew when it drops, as long as anybody watches; what happened
 * meanwhile was not heard, so everybody is woken once when it listens again.
 */
export class WakeUps {
  readonly #connect: OpenSubscriber;
  readonly #channels = new Map<string, Channel>();
  #subscriber: Subscriber | undefined;
  #opening = false;
  #failures = 0;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(connect: OpenSubscriber) {
    this.#connect = connect;
  }

  /** @param name of the channel: what the backend calls the key */
  watch(name: string, wake: () => void): Unwatch {
    const channel = this.#channels.get(name) ?? new Channel(name);
    this.#channels.set(name, channel);
    const unwatch = channel.add(wake);
    if (this.#subscriber !== undefined) channel.listen(this.#subscriber);
    else this.#open();
    return () => {
      unwatch();
      if (channel.isEmpty && this.#channels.get(name) === channel) {
        this.#channels.delete(name);
        if (this.#subscriber !== undefined) channel.leave(this.#subscriber);
      }
    };
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    for (const channel of this.#channels.values()) channel.clear();
    this.#channels.clear();
    this.#subscriber?.close();
    this.#subscriber = undefined;
  }

  #open(): void {
    if (this.#opening || this.#retry !== undefined || this.#closed) return;
    this.#opening = true;
    const [anyName = ''] = this.#channels.keys();
    this.#connect(this.#events(), anyName).then(
      (subscriber) => {
        this.#opening = false;
        this.#opened(subscriber);
      },
      () => {
        this.#opening = false;
        this.#later();
      },
    );
  }

  #events(): SubscriberEvents {
    return {
      message: (name) => this.#channels.get(name)?.wake(),
      end: () => {
        this.#subscriber = undefined;
        for (const channel of this.#channels.values()) channel.deafen();
        this.#later();
      },
    };
  }

  #opened(subscriber: Subscriber): void {
    if (this.#closed) {
      subscriber.close();
      return;
    }
    this.#failures = 0;
    this.#subscriber = subscriber;
    for (const channel of this.#channels.values()) channel.listen(subscriber);
  }

  #later(): void {
    if (this.#closed || this.#channels.size === 0) return;
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      if (this.#channels.size > 0) this.#open();
    }, delay(this.#failures)).unref();
    this.#failures += 1;
  }
}
