/// <reference lib="esnext.disposable" preserve="true" />

import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { Link } from './link.ts';

export interface FaultProxyOptions {
  /** Where the backend listens. */
  readonly host?: string;
  readonly port: number;
}

/**
 * Stands between clients and a backend, on a free loopback port, and passes every byte on until it
 * is told otherwise. It knows no protocol: a reply is what the backend sends after a request.
 */
export class FaultProxy implements AsyncDisposable {
  readonly host = '127.0.0.1';
  readonly port: number;

  readonly #server: Server;
  #backend: { readonly host: string; readonly port: number };
  readonly #links = new Set<Link>();
  #cut = false;
  #stalled = false;
  #armed = 0;
  #lost = 0;

  private constructor(server: Server, port: number, { host, port: backend }: FaultProxyOptions) {
    this.#server = server;
    this.port = port;
    this.#backend = { host: host ?? '127.0.0.1', port: backend };
    server.on('connection', (client) => this.#connected(client));
  }

  /** Starts to listen. Rejects with the system's error when it cannot. */
  static async listen(options: FaultProxyOptions): Promise<FaultProxy> {
    const server = createServer({ noDelay: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = addressOf(server);
    return new FaultProxy(server, port, options);
  }

  /** How many connections are open now. */
  get connections(): number {
    return this.#links.size;
  }

  /** How many replies were lost so far. */
  get lost(): number {
    return this.#lost;
  }

  /**
   * The next request, on whichever connection, reaches the backend; what the backend answers from
   * then on on that connection is swallowed, and the connection is cut once it has answered. Called
   * again before that, it holds for one more.
   */
  loseNextReply(): void {
    this.#armed += 1;
  }

  /** Cuts every connection; new ones are accepted and cut at once, until `restore`. */
  cut(): void {
    this.#cut = true;
    for (const link of this.#links) link.destroy();
  }

  /** Ends what `cut` and `stall` began; replies that were to be lost are no longer. */
  restore(): void {
    this.#cut = false;
    this.#armed = 0;
    this.resume();
  }

  /**
   * New connections go there from now on, as when an address follows a failover. Those that are open
   * stay where they are: `cut` them where the backend's end does not.
   */
  redirect({ host, port }: FaultProxyOptions): void {
    this.#backend = { host: host ?? '127.0.0.1', port };
  }

  /** No byte passes, in either direction; connections stay open, and new ones are taken. */
  stall(): void {
    this.#stalled = true;
    for (const link of this.#links) link.stall();
  }

  /** What was held back is delivered, and bytes pass again. */
  resume(): void {
    this.#stalled = false;
    for (const link of this.#links) link.resume();
  }

  /** Cuts every connection and listens no more. */
  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #connected(client: Socket): void {
    if (this.#cut) {
      client.resetAndDestroy();
      return;
    }
    const link = new Link(client, this.#backend, {
      losesReply: () => {
        if (this.#armed === 0) return false;
        this.#armed -= 1;
        return true;
      },
      lost: () => {
        this.#lost += 1;
      },
      ended: () => this.#links.delete(link),
    });
    this.#links.add(link);
    if (this.#stalled) link.stall();
  }
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.');
  return address;
}
