import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

export interface Charge {
  readonly receipt: string;
  readonly reference: string;
  readonly amount: number;
}

interface Held {
  readonly charged: () => void;
  readonly until: Promise<void>;
}

/**
 * The card processor, on a real socket, so that it outlives the processes that are killed. It knows no
 * idempotency: what is charged twice is seen twice.
 */
export class BankServer implements AsyncDisposable {
  readonly charges: Charge[] = [];
  /** What it was asked about by somebody who took over. */
  readonly asked: string[] = [];
  readonly #held = new Map<string, Held>();
  readonly #refused = new Set<string>();
  readonly #http = createServer((request, response) => void this.#answer(request, response));

  static async start(): Promise<BankServer> {
    const bank = new BankServer();
    bank.#http.listen(0, '127.0.0.1');
    await once(bank.#http, 'listening');
    return bank;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  /**
   * It will charge the first time that it is asked to, and answer when `until` resolves: never, by default.
   * Resolves when it has charged.
   */
  holdBack(reference: string, until: Promise<void> = new Promise(() => {})): Promise<void> {
    return new Promise((charged) => this.#held.set(reference, { charged, until }));
  }

  /** The next time that it is asked to charge this, it says no. */
  refuse(reference: string): void {
    this.#refused.add(reference);
  }

  /** The references that it charged, as often as it did. */
  get references(): string[] {
    return this.charges.map(({ reference }) => reference).sort();
  }

  /** What it said to the first who had this charged. */
  receipt(reference: string): { readonly receipt: string | undefined } {
    return { receipt: this.charges.find((charge) => charge.reference === reference)?.receipt };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#http.closeAllConnections();
    this.#http.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET') {
      const reference = decodeURIComponent(request.url?.slice(1) ?? '');
      this.asked.push(reference);
      const found = this.charges.find((charge) => charge.reference === reference);
      response.end(JSON.stringify(found ?? null));
      return;
    }
    const asked = (await json(request)) as Omit<Charge, 'receipt'>;
    if (this.#refused.delete(asked.reference)) {
      response.writeHead(402).end();
      return;
    }
    const charge = { receipt: `R-${this.charges.length + 1}`, ...asked };
    this.charges.push(charge);
    const held = this.#held.get(charge.reference);
    this.#held.delete(charge.reference);
    held?.charged();
    await held?.until;
    response.end(JSON.stringify(charge));
  }
}
