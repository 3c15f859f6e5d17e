import type { Writable } from 'node:stream';
import { masters, type RedisClient } from './client.ts';

/** Commands that leave together at most: a server that is handed more at once waits longer for the first. */
const LARGEST = 16;

/**
 * Lets commands of one turn leave together, a few at a time. ioredis writes each by itself, and
 * with many operations under way that system call is most of what one costs.
 */
export class WriteGroup {
  readonly #client: RedisClient;
  #stream: Writable | undefined;
  #size = 0;

  constructor(client: RedisClient) {
    this.#client = client;
  }

  /** Says that a command comes. Does nothing for a Cluster, where the node is not known yet. */
  add(): void {
    this.#size += 1;
    if (this.#stream !== undefined) {
      if (this.#size <= LARGEST) return;
      this.#stream.uncork();
      this.#stream.cork();
      this.#size = 1;
      return;
    }
    if (this.#client.isCluster || this.#client.status !== 'ready') return;
    const stream = masters(this.#client)[0]?.stream;
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
