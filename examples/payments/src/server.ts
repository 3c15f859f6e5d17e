import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Idempotency, type IdempotencyStore } from '@idem/core';
import type { Bank } from './bank.ts';
import { type HttpAnswer, problemFor } from './http-answers.ts';
import { type Execution, type Order, pay, type Step } from './payment.ts';

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
  readonly #idempotency: Idempotency;
  readonly #http: Server;
  readonly #handling = new Set<Promise<void>>();
  #crashAt: Step | undefined;

  private constructor(options: ServerOptions) {
    const { name, store, scope, lease } = options;
    this.name = name;
    this.#options = options;
    this.#idempotency = new Idempotency({ store, scope, lease, ttl: 60 * 60 * 1000 });
    this.#http = createServer((request, response) => {
      const handling = this.#answer(request).then(({ status, headers, body }) => {
        response.writeHead(status, { 'content-type': 'application/json', ...headers });
        response.end(JSON.stringify(body));
      });
      this.#handling.add(handling);
      void handling.finally(() => this.#handling.delete(handling));
    });
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

  /** Resolves when no request is being handled, not even one whose client has left. */
  async idle(): Promise<void> {
    await Promise.all(this.#handling);
  }

  async close(): Promise<void> {
    this.#http.closeAllConnections();
    this.#http.close();
    await this.#options.store.close();
  }

  async #answer(request: IncomingMessage): Promise<HttpAnswer> {
    const key = request.headers['idempotency-key'];
    const body = await text(request);
    let execution: Execution | 'replayed' = 'replayed';
    const steps = {
      bank: this.#options.bank,
      reach: (step: Step) => this.#reach(step),
      report: (how: Execution) => {
        execution = how;
      },
    };
    try {
      const { value } = await this.#idempotency.run(
        typeof key === 'string' ? key : '',
        (context) => pay(readOrder(body), context, steps),
        { fingerprint: body, wait: preferredWait(request) },
      );
      return { status: 201, headers: { 'x-execution': execution }, body: value };
    } catch (error) {
      return problemFor(error);
    }
  }

  /**
   * Dies as a process does: its connections break, and from this moment the store hears nothing
   * more of it, neither a completion nor a release nor a renewal.
   */
  #reach(step: Step): void {
    if (step !== this.#crashAt) return;
    void this.close();
    throw new Error('The process is gone.');
  }
}

function isInternet(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}

function readOrder(body: string): Order {
  const order: unknown = JSON.parse(body);
  if (typeof order === 'object' && order !== null && 'item' in order && 'amount' in order) {
    const { item, amount } = order;
    if (typeof item === 'string' && typeof amount === 'number') return { item, amount };
  }
  throw new Error('An order has an item and an amount.');
}

/** `Prefer: wait=10` (RFC 7240 section 4.3), in milliseconds. */
function preferredWait(request: IncomingMessage): number {
  const { prefer = '' } = request.headers;
  const seconds = /^wait=(\d{1,2})$/.exec(String(prefer))?.[1];
  return Number(seconds ?? 0) * 1000;
}
