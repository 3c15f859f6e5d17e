import { IdempotencyError } from '@idem/core';
import calculateSlot from 'cluster-key-slot';
import {
  addressOf,
  masters,
  ownerOf,
  type RedisClient,
  type ServerNode,
  serverKey,
} from './client.ts';
import type { ReplicaOptions } from './options.ts';

interface Waiter {
  readonly stream: unknown;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface Queue {
  waiting: Waiter[];
  busy: boolean;
}

/**
 * Waits until replicas acknowledge what this client wrote (WAIT, https://redis.io/commands/wait).
 *
 * WAIT counts the writes of its own connection only, and the server holds back all that is sent
 * after it on that connection. So all that have written before one is sent share it, and those that
 * come while it is under way share the next.
 */
export class Acknowledgement {
  readonly #client: RedisClient;
  readonly #replicas: ReplicaOptions;
  readonly #queues = new WeakMap<ServerNode, Queue>();

  constructor(client: RedisClient, replicas: ReplicaOptions) {
    this.#client = client;
    this.#replicas = replicas;
  }

  /**
   * To be called as soon as the reply to a write is there. Rejects with `IDEM_NOT_REPLICATED`, or
   * with a transient fault when the connection that wrote is gone: on another, WAIT says nothing
   * about this write, and after a failover the write may be lost.
   */
  async confirm(key: string): Promise<void> {
    const node = this.#nodeOf(key);
    if (node === undefined) throw connectionChanged();
    const queue = this.#queues.get(node) ?? { waiting: [], busy: false };
    this.#queues.set(node, queue);
    return new Promise((resolve, reject) => {
      queue.waiting.push({ stream: node.stream, resolve, reject });
      if (queue.busy) return;
      queue.busy = true;
      // After the replies that came in the same packet, so that they share the WAIT.
      setImmediate(() => this.#flush(node, queue));
    });
  }

  #nodeOf(key: string): ServerNode | undefined {
    const client = this.#client;
    const nodes = masters(client);
    if (!client.isCluster) return nodes[0];
    const owner = ownerOf(client, calculateSlot(serverKey(client, key)));
    return nodes.find((node) => addressOf(node) === owner);
  }

  async #flush(node: ServerNode, queue: Queue): Promise<void> {
    while (queue.waiting.length > 0) {
      const waiters = queue.waiting;
      queue.waiting = [];
      const { stream } = node;
      try {
        const acknowledged = Number(await node.wait(this.#replicas.count, this.#replicas.timeout));
        for (const waiter of waiters) {
          if (waiter.stream !== stream || node.stream !== stream)
            waiter.reject(connectionChanged());
          else if (acknowledged >= this.#replicas.count) waiter.resolve();
          else waiter.reject(this.#notReplicated(acknowledged));
        }
      } catch (error) {
        for (const waiter of waiters) waiter.reject(error);
      }
    }
    queue.busy = false;
  }

  #notReplicated(acknowledged: number): IdempotencyError {
    const { count, timeout } = this.#replicas;
    return new IdempotencyError(
      'IDEM_NOT_REPLICATED',
      `${acknowledged} of ${count} replicas acknowledged the write within ${timeout} ms. It stands on the master and may be lost in a failover; repeat the call with the same token, and see that the replicas are up.`,
      { retryable: true },
    );
  }
}

function connectionChanged(): Error {
  return new Error('The connection changed before the replicas acknowledged the write.');
}
