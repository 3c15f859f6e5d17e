import type { Wanted } from './driver.ts';

/**
 * What node-redis needs of an AbortSignal. It listens from when it puts a command into its queue until
 * it writes it, which is later when the socket takes no more: a real one for each command is dear.
 */
export class Withdrawal {
  readonly aborted = false;
  readonly #wanted: Wanted;

  constructor(wanted: Wanted) {
    this.#wanted = wanted;
  }

  addEventListener(_name: 'abort', listener: () => void): void {
    this.#wanted.withdraw = listener;
  }

  removeEventListener(): void {
    this.#wanted.withdraw = undefined;
  }
}
