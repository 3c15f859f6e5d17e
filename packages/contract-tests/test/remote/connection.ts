import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { IdempotencyError, type IdempotencyErrorCode } from '@idem/core';
import { decode, encode, type Method } from './wire.ts';

interface Reply {
  readonly id: number;
  readonly result?: unknown;
  readonly code?: IdempotencyErrorCode;
}

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** One connection to a `StoreServer`, opened when it is needed and again when it was lost. */
export class Connection {
  readonly #port: number;
  readonly #waiting = new Map<number, Waiting>();
  #socket: Socket | undefined;
  #calls = 0;

  constructor(port: number) {
    this.#port = port;
  }

  /** Rejects with `IDEM_STORE_UNAVAILABLE` when the connection ends before the reply. */
  call(method: Method, parameters: readonly unknown[]): Promise<unknown> {
    const socket = this.#socket ?? this.#connect();
    this.#calls += 1;
    const id = this.#calls;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      socket.write(`${encode({ id, method, parameters })}\n`);
    });
  }

  close(): void {
    this.#socket?.destroy();
  }

  #connect(): Socket {
    const socket = connect({ host: '127.0.0.1', port: this.#port, noDelay: true });
    this.#socket = socket;
    socket.on('error', () => {});
    socket.on('close', () => this.#lost());
    const lines = createInterface({ input: socket });
    lines.on('error', () => {});
    lines.on('line', (line) => this.#reply(decode(line)));
    return socket;
  }

  #reply({ id, result, code }: Reply): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (code === undefined) waiting?.resolve(result);
    else waiting?.reject(new IdempotencyError(code, 'The server refused.'));
  }

  #lost(): void {
    this.#socket = undefined;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    const message = 'The connection was lost before the reply.';
    for (const { reject } of waiting) {
      reject(new IdempotencyError('IDEM_STORE_UNAVAILABLE', message, { retryable: true }));
    }
  }
}
