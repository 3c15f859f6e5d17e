import type { Writable } from 'node:stream';

/**
 * Lets commands of one turn leave together. ioredis writes each by itself, and with many operations
 * under way that system call is most of what one costs.
 */
export class WriteGroup {
  #stream: Writable | undefined;

  /** Says that a command comes. */
  add(stream: unknown): void {
    if (this.#stream !== undefined || !isStream(stream)) return;
    this.#stream = stream;
    stream.cork();
    // Runs when the callbacks of this turn, and the promises that they settled, are through.
    process.nextTick(() => {
      this.#stream = undefined;
      stream.uncork();
    });
  }
}

function isStream(stream: unknown): stream is Writable {
  return typeof stream === 'object' && stream !== null && 'cork' in stream && 'uncork' in stream;
}
