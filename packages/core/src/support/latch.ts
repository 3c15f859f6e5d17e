import type { Cancel } from '../time/timers.ts';

/**
 * Something that happens once. Unlike a promise, whoever stops listening leaves nothing behind, so
 * a thousand short waits for one long execution cost nothing when they are over.
 */
export class Latch {
  #listeners: Set<() => void> | undefined;
  #isOpen = false;

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Calls the listener when it opens, in the order of listening; at once when it is open. */
  listen(listener: () => void): Cancel {
    if (this.#isOpen) {
      listener();
      return () => {};
    }
    this.#listeners ??= new Set();
    const listeners = this.#listeners.add(listener);
    return () => listeners.delete(listener);
  }

  open(): void {
    const listeners = this.#listeners;
    this.#isOpen = true;
    this.#listeners = undefined;
    if (listeners !== undefined) for (const listener of listeners) listener();
  }
}
