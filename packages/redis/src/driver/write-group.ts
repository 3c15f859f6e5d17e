import type { Writable } from 'node:stream';

/** So many that the system call costs little for each, and so few that the server has work meanwhile. */
const LARGEST = 16;

/**
 * Lets the commands of one turn leave in one write, or in a few. ioredis writes each by itself, and
 * with many operations under way that system call is most of what one costs.
 */
export class WriteGroup {
  #stream: Writable | undefined;
  #size = 0;

  /** Says that a command comes. */
  add(stream: unknown): void {
    if (this.#stream === undefined) {
      if (!isStream(stream)) return;
      this.#stream = stream;
      stream.cork();
      // Runs when the callbacks of this turn, and the promises that they settled, are through.
      process.nextTick(() => this.#end());
    } else if (this.#size >= LARGEST && this.#stream === stream) {
      this.#size = 0;
      this.#stream.uncork();
      this.#stream.cork();
    }
    this.#size += 1;
  }

  #end(): void {
    this.#stream?.uncork();
    this.#stream = undefined;
    this.#size = 0;
  }
}

function isStream(stream: unknown): stream is Writable {
  return typeof stream === 'object' && stream !== null && 'cork' in stream && 'uncork' in stream;
}
