import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** One client's connection to the server. */
export interface HeldLink {
  /** What the client has asked, and what it was answered. */
  asked: string;
  answered: string;
  isHeld: boolean;
  readonly client: Socket;
  pass(): void;
}

/** Stands before a server; what is answered on a connection can be held back while others go on. */
export class HeldProxy implements AsyncDisposable {
  readonly port: number;
  readonly links = new Set<HeldLink>();
  readonly #server: Server;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  /** @param target the port that a new connection goes to */
  static async listen(target: () => number): Promise<HeldProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = new HeldProxy(server, (server.address() as AddressInfo).port);
    server.on('connection', (client) => proxy.#connected(client, target()));
    return proxy;
  }

  /** The connection on which the server tells of changes. */
  get tracker(): HeldLink | undefined {
    return [...this.links].find(({ asked }) => asked.includes('TRACKING'));
  }

  /** The other one. */
  get data(): HeldLink | undefined {
    return [...this.links].find(({ asked }) => !asked.includes('TRACKING'));
  }

  /** Half open: it is there, and says nothing. */
  hold(link: HeldLink | undefined): HeldLink {
    if (link === undefined) throw new Error('there is no such connection');
    link.isHeld = true;
    return link;
  }

  release(link: HeldLink): void {
    link.isHeld = false;
    link.pass();
  }

  #connected(client: Socket, port: number): void {
    const backend = connect({ port, host: '127.0.0.1' });
    const held: Buffer[] = [];
    const pass = (): void => {
      if (link.isHeld) return;
      for (const reply of held.splice(0)) client.write(reply);
    };
    const link: HeldLink = { asked: '', answered: '', isHeld: false, client, pass };
    this.links.add(link);
    backend.on('error', () => client.destroy());
    client.on('error', () => backend.destroy());
    client.on('data', (request) => {
      link.asked += request.toString('latin1');
      backend.write(request);
    });
    backend.on('data', (reply) => {
      link.answered += reply.toString('latin1');
      held.push(reply);
      pass();
    });
    client.on('close', () => {
      backend.destroy();
      this.links.delete(link);
    });
    backend.on('close', () => client.destroy());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { client } of this.links) client.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
