import type { Unwatch } from '@idem/core';
import type { Driver, Subscriber } from '../driver/driver.ts';
import { Channel } from './channel.ts';

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
  readonly #driver: Driver;
  readonly #channels = new Map<string, Channel>();
  #subscriber: Subscriber | undefined;
  #opening = false;
  #failures = 0;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  /** @param name of the channel: the key as the server sees it */
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
    const [anyKey = ''] = this.#channels.keys();
    this.#driver
      .use(anyKey, (connection) => connection.openSubscriber(this.#events()))
      .then(
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

  #events(): { message(name: string): void; end(): void } {
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
