import type { Writable } from 'node:stream';

/**
 * Lets the commands of one turn leave in one write. ioredis writes each by itself, and with many
 * operations under way that system call is most of what one costs.
 */
export class WriteGroup {
  #open = false;

  /** Says that a command comes. */
  add(stream: unknown): void {
    if (this.#open || !isStream(stream)) return;
    this.#open = true;
    stream.cork();
    // Runs when the callbacks of this turn, and the promises that they settled, are through.
    process.nextTick(() => {
      this.#open = false;
      stream.uncork();
    });
  }
}

function isStream(stream: unknown): stream is Writable {
  return typeof stream === 'object' && stream !== null && 'cork' in stream && 'uncork' in stream;
}
