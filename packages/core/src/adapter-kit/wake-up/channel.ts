import type { Unwatch } from '../../contract/store.ts';
import type { Subscriber } from './subscriber.ts';

/** Those who watch one key. */
export class Channel {
  readonly #name: string;
  readonly #watchers = new Set<{ readonly wake: () => void }>();
  #subscriber: Subscriber | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  get isEmpty(): boolean {
    return this.#watchers.size === 0;
  }

  add(wake: () => void): Unwatch {
    const watcher = { wake };
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  wake(): void {
    for (const watcher of [...this.#watchers]) {
      // One of those before it may have stopped it.
      if (!this.#watchers.has(watcher)) continue;
      try {
        watcher.wake();
      } catch {
        // What it throws is its own affair, and no other watcher's.
      }
    }
  }

  /** Nobody is woken any more. */
  clear(): void {
    this.#watchers.clear();
  }

  /** Begins to listen, unless it does; wakes everybody once when it has begun. */
  listen(subscriber: Subscriber): void {
    if (this.#subscriber === subscriber) return;
    this.#subscriber = subscriber;
    subscriber.subscribe(this.#name).then(
      () => {
        if (this.#subscriber === subscriber) this.wake();
      },
      () => {
        // The connection went, and its end is told apart; or the backend forbids the channel.
        if (this.#subscriber === subscriber) this.#subscriber = undefined;
      },
    );
  }

  leave(subscriber: Subscriber): void {
    if (this.#subscriber === subscriber) subscriber.unsubscribe(this.#name);
    this.#subscriber = undefined;
  }

  /** The connection is gone. */
  deafen(): void {
    this.#subscriber = undefined;
  }
}
