import type { Writable } from 'node:stream';
import { masters, type RedisClient } from './client.ts';

/**
 * Lets the commands of one turn leave in one write. ioredis writes each by itself, and with many
 * operations under way that system call is most of what one costs.
 */
export class WriteGroup {
  readonly #client: RedisClient;
  #open = false;

  constructor(client: RedisClient) {
    this.#client = client;
  }

  /** Holds back what is written from here to the end of the turn. Does nothing for a Cluster, where the node is not known yet. */
  open(): void {
    if (this.#open || this.#client.isCluster || this.#client.status !== 'ready') return;
    const stream = masters(this.#client)[0]?.stream;
    if (!isStream(stream)) return;
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
