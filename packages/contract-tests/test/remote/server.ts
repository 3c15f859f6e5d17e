import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { type IdempotencyStore, isIdempotencyError } from '@idem/core';
import { type Call, decode, encode } from './wire.ts';

/** A backend in this process that clients reach over TCP: one JSON line for each request and reply. */
export class StoreServer {
  readonly #open: () => IdempotencyStore;
  readonly #sockets = new Set<Socket>();
  /** The calls of `release` that released something: one that is sent again is answered as it was. */
  readonly #released = new Set<unknown>();
  #server: Server | undefined;
  #store: IdempotencyStore;
  port = 0;

  constructor(open: () => IdempotencyStore) {
    this.#open = open;
    this.#store = open();
  }

  async listen(): Promise<void> {
    const server = createServer({ noDelay: true }, (socket) => this.#serve(socket));
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  /** Ends every connection, forgets what was not kept by `open`, and listens again. */
  async crash(): Promise<void> {
    await this.close();
    this.#store = this.#open();
    await this.listen();
  }

  async close(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
    this.#server = undefined;
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => {});
    const lines = createInterface({ input: socket });
    lines.on('error', () => {});
    lines.on('line', (line) => {
      const call: Call = decode(line);
      this.#answer(call).then((reply) => {
        if (socket.writable) socket.write(`${encode({ ...reply, id: call.id })}\n`);
      });
    });
  }

  async #answer({ method, parameters }: Call): Promise<{ result: unknown } | { code: string }> {
    try {
      if (method === 'release') return { result: await this.#release(parameters) };
      return { result: await Reflect.apply(this.#store[method], this.#store, parameters) };
    } catch (error) {
      return { code: isIdempotencyError(error) ? error.code : 'IDEM_STORE_FAILED' };
    }
  }

  async #release([key, token, call]: readonly unknown[]): Promise<unknown> {
    if (call !== undefined && this.#released.has(call)) return true;
    const released: unknown = await Reflect.apply(this.#store.release, this.#store, [key, token]);
    if (released === true) this.#released.add(call);
    return released;
  }
}
