import type { Writable } from 'node:stream';

/**
 * Commands that leave together at most. The server works on them while the next are made: with all
 * in one write, it and we would wait for each other in turn.
 */
const LARGEST = 16;

/**
 * Lets commands of one turn leave together, a few at a time. ioredis writes each by itself, and with
 * many operations under way that system call is most of what one costs.
 */
export class WriteGroup {
  #stream: Writable | undefined;
  #size = 0;

  /** Says that a command comes. */
  add(stream: unknown): void {
    const open = this.#stream;
    if (open !== undefined) {
      this.#size += 1;
      if (this.#size <= LARGEST) return;
      open.uncork();
      open.cork();
      this.#size = 1;
      return;
    }
    if (!isStream(stream)) return;
    this.#stream = stream;
    this.#size = 1;
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
