import { IdempotencyError } from '@idem/core';
import { type Connection, NotConnected } from './driver/driver.ts';
import type { ReplicaOptions } from './options.ts';

interface Waiter {
  readonly socket: unknown;
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
  readonly #replicas: ReplicaOptions;
  readonly #queues = new WeakMap<Connection, Queue>();

  constructor(replicas: ReplicaOptions) {
    this.#replicas = replicas;
  }

  /**
   * To be called when the reply to a write is there. Rejects with `IDEM_NOT_REPLICATED`, or with a
   * transient fault when the socket that wrote is gone: on another, WAIT says nothing about this
   * write, and after a failover the write may be lost.
   *
   * @param socket what the connection had when the write was sent
   */
  confirm(connection: Connection, socket: unknown): Promise<void> {
    const queue = this.#queues.get(connection) ?? { waiting: [], busy: false };
    this.#queues.set(connection, queue);
    return new Promise((resolve, reject) => {
      queue.waiting.push({ socket, resolve, reject });
      if (queue.busy) return;
      queue.busy = true;
      // After the replies that came in the same packet, so that they share the WAIT.
      setImmediate(() => this.#flush(connection, queue));
    });
  }

  async #flush(connection: Connection, queue: Queue): Promise<void> {
    const { count, timeout } = this.#replicas;
    while (queue.waiting.length > 0) {
      const waiters = queue.waiting;
      queue.waiting = [];
      try {
        const { socket, isReady } = connection;
        if (!isReady) throw new NotConnected();
        const acknowledged = Number(await connection.call('WAIT', `${count}`, `${timeout}`));
        for (const waiter of waiters) {
          if (waiter.socket !== socket || connection.socket !== socket) {
            waiter.reject(new NotConnected());
          } else if (acknowledged >= count) waiter.resolve();
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
