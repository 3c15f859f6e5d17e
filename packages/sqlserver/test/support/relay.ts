import { connect, createServer, type Server, type Socket } from 'node:net';

/** How a connection breaks on the client's side, while the server's session lives on. */
export type Break = 'when the server answers' | 'before the request arrives';

/** Stands between a client and the server: a network that breaks on one side. */
export class Relay implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #break: Break | undefined;
  #held: { readonly to: Socket; readonly bytes: Buffer }[] = [];
  #broken = (): void => {};
  /** Resolves when a connection has broken. */
  readonly broken: Promise<void> = new Promise((resolve) => {
    this.#broken = resolve;
  });

  private constructor(host: string, port: number) {
    this.#server = createServer((client) => {
      const server = connect(port, host);
      for (const socket of [client, server]) {
        this.#sockets.add(socket);
        socket.on('error', () => {});
      }
      const leave = (): void => {
        client.destroy();
        this.#broken();
      };
      client.on('data', (bytes) => {
        if (this.#break !== 'before the request arrives') {
          server.write(bytes);
          return;
        }
        this.#held.push({ to: server, bytes });
        leave();
      });
      server.on('data', (bytes) => {
        if (this.#break === 'when the server answers') leave();
        else client.write(bytes);
      });
      server.on('close', () => client.destroy());
      client.on('close', () => {
        if (this.#break === undefined) server.destroy();
      });
    });
  }

  static async listen({ host, port }: { host: string; port: number }): Promise<Relay> {
    const relay = new Relay(host, port);
    await new Promise<void>((resolve) => relay.#server.listen(0, '127.0.0.1', resolve));
    return relay;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('it does not listen');
    return address.port;
  }

  /** From now on, on all connections. */
  breaks(how: Break): void {
    this.#break = how;
  }

  /** What was held reaches the server now, whose client is long gone. */
  deliver(): void {
    for (const { to, bytes } of this.#held) to.write(bytes);
    this.#held = [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
