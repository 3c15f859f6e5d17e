import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * A TCP proxy that loses things: of what the client sends a sixth never arrives, and of what the server sends a
 * third; the connection breaks in that moment, as it does when a load balancer dies.
 */
export class LossyNetwork implements AsyncDisposable {
  /** How many connections were broken. */
  losses = 0;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  private constructor(port: number, random: () => number) {
    this.#server = createServer((client) => {
      const server = connect(port, '127.0.0.1');
      const cut = (): void => {
        client.destroy();
        server.destroy();
      };
      for (const socket of [client, server]) {
        this.#sockets.add(socket);
        socket.on('error', cut).on('close', () => {
          this.#sockets.delete(socket);
          cut();
        });
      }
      const carry = (from: Socket, to: Socket, share: number): void => {
        from.on('data', (data) => {
          if (random() >= share) return void to.write(data);
          this.losses += 1;
          cut();
        });
      };
      carry(client, server, 1 / 6);
      carry(server, client, 1 / 3);
    });
  }

  static async before(target: string, random: () => number): Promise<LossyNetwork> {
    const network = new LossyNetwork(Number(new URL(target).port), random);
    network.#server.listen(0, '127.0.0.1');
    await once(network.#server, 'listening');
    return network;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/payments`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}
