import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Idempotency, type IdempotencyStore } from '@idem/core';
import { idempotencyOf } from '@idem/http';
import { idempotent } from '@idem/http/node';
import type { Bank } from './bank.ts';
import { pay, readOrder, type Step } from './payment.ts';

export interface ServerOptions {
  readonly name: string;
  /** This server's own client of the store. */
  readonly store: IdempotencyStore;
  readonly bank: Bank;
  readonly scope: string;
  /** Milliseconds that a key stays claimed when this server dies. */
  readonly lease: number;
}

/** One instance of the payment service, on a free loopback port. */
export class PaymentServer {
  readonly name: string;
  readonly #options: ServerOptions;
  readonly #http: Server;
  #crashAt: Step | undefined;
  #isDead = false;

  private constructor(options: ServerOptions) {
    const { name, store, scope, lease } = options;
    this.name = name;
    this.#options = options;
    const idempotency = new Idempotency({ store, scope, lease, ttl: 60 * 60 * 1000 });
    // A service with accounts says here whose request it is: principal: (request) => accountOf(request).
    const principal = 'anonymous';
    const onError = (error: unknown): void => {
      if (!this.#isDead) console.error(error);
    };
    this.#http = createServer(
      idempotent({ idempotency, principal, required: true, onError }, (request, response) =>
        this.#answer(request, response),
      ),
    );
  }

  static async start(options: ServerOptions): Promise<PaymentServer> {
    const server = new PaymentServer(options);
    server.#http.listen(0, '127.0.0.1');
    await once(server.#http, 'listening');
    return server;
  }

  get url(): string {
    const address = this.#http.address();
    return isInternet(address) ? `http://127.0.0.1:${address.port}/payments` : '';
  }

  crashAt(step: Step): void {
    this.#crashAt = step;
  }

  async close(): Promise<void> {
    this.#http.closeAllConnections();
    this.#http.close();
    await this.#options.store.close();
  }

  /** The handler, as it would be without idempotency, but for what it does on a takeover. */
  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const order = readOrder(await text(request));
    if (order === undefined) {
      response.writeHead(400).end('An order has an item and an amount.');
      return;
    }
    const execution = idempotencyOf(request);
    if (execution === undefined) throw new Error('Without a key nothing is charged.');
    const payment = await pay(order, execution, {
      bank: this.#options.bank,
      reach: (step) => this.#reach(step),
      report: (how) => response.setHeader('x-execution', how),
    });
    response.writeHead(201, { 'content-type': 'application/json' });
    response.end(JSON.stringify(payment));
  }

  /**
   * Dies as a process does: its connections break, and from this moment the store hears nothing
   * more of it, neither a completion nor a release nor a renewal.
   */
  #reach(step: Step): void {
    if (step !== this.#crashAt) return;
    this.#isDead = true;
    void this.close();
    throw new Error('The process is gone.');
  }
}

function isInternet(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}
