import { randomUUID } from 'node:crypto';
import type { IdempotencyStore } from '@idem/core';
import { Bank } from './bank.ts';
import { type Answer, type PaymentRequest, send } from './client.ts';
import { PaymentServer } from './server.ts';
import { Timeline } from './timeline.ts';

/** What all scenes share: one bank, one timeline, and servers that reach one store. */
export class Stage implements AsyncDisposable {
  readonly timeline = new Timeline();
  readonly bank = new Bank();
  readonly #openStore: () => Promise<IdempotencyStore>;
  // A run of its own, also in a store that remembers the last one.
  readonly #scope = `payments-demo-${randomUUID()}`;
  readonly #servers: PaymentServer[] = [];

  constructor(openStore: () => Promise<IdempotencyStore>) {
    this.#openStore = openStore;
  }

  async server(lease: number): Promise<PaymentServer> {
    const name = String.fromCharCode('A'.charCodeAt(0) + this.#servers.length);
    const store = await this.#openStore();
    const server = await PaymentServer.start({
      name,
      store,
      bank: this.bank,
      scope: this.#scope,
      lease,
    });
    this.#servers.push(server);
    return server;
  }

  /** Sends a request and prints what became of it. */
  async send(request: PaymentRequest): Promise<Answer> {
    const answer = await send(request);
    this.timeline.request(request, answer);
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.close()));
  }
}
