import { type AddressInfo, connect, createServer, type Server } from 'node:net';

/** One endpoint before servers, as a cloud's is: new connections go where it leads at the time. */
export class SteeredProxy implements AsyncDisposable {
  readonly port: number;
  readonly #server: Server;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  /**
   * @param target the port that a new connection goes to
   * @param swallows true for a request that never arrives
   */
  static async listen(
    target: () => number,
    swallows: (request: string) => boolean = () => false,
  ): Promise<SteeredProxy> {
    const server = createServer((client) => {
      const backend = connect({ port: target(), host: '127.0.0.1' });
      backend.on('error', () => client.destroy());
      client.on('error', () => backend.destroy());
      client.on('data', (request) => {
        if (!swallows(request.toString('latin1'))) backend.write(request);
      });
      backend.on('data', (reply) => client.write(reply));
      client.on('close', () => backend.destroy());
      backend.on('close', () => client.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return new SteeredProxy(server, port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
