import { createServer, type Server, type Socket } from 'node:net';
import type { ConnectionConfiguration } from 'tedious';
import { MessageReader, PACKET, packet } from './packets.ts';
import type { Script, Work } from './script.ts';
import { Session } from './session.ts';
import { type Identity, secured } from './tls.ts';
import { prelogin } from './tokens.ts';

export interface ServerOptions {
  /** Requires encryption, and proves itself by this. */
  readonly identity?: Identity;
}

/**
 * A server that speaks TDS to the real drivers and does what a script says: for what Babelfish does
 * not do as SQL Server does, and for what no server does on demand.
 */
export class ScriptedServer implements AsyncDisposable, Work {
  readonly log: Work['log'] = [];
  readonly committed: string[] = [];
  readonly sessions: Session[] = [];
  /** Connections that were opened, logged in or not. */
  connections = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(script: Script, { identity }: ServerOptions) {
    this.#server = createServer((socket) => {
      this.connections++;
      this.#sockets.add(socket.once('close', () => this.#sockets.delete(socket)));
      socket.on('error', () => {});
      const reader = new MessageReader();
      socket.once('data', (chunk) => {
        reader.read(chunk);
        socket.write(packet(PACKET.tabular, prelogin(identity !== undefined)));
        const stream = identity === undefined ? socket : secured(socket, identity);
        this.sessions.push(new Session(this.sessions.length, stream, script, this));
      });
    });
  }

  static async listen(script: Script, options: ServerOptions = {}): Promise<ScriptedServer> {
    const server = new ScriptedServer(script, options);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get config(): ConnectionConfiguration {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('it does not listen');
    return {
      server: '127.0.0.1',
      authentication: { type: 'default', options: { userName: 'u', password: 'p' } },
      options: { port: address.port, encrypt: false },
    };
  }

  /** Connections that are open now. */
  get open(): number {
    return this.#sockets.size;
  }

  /** The texts of the requests whose text contains this. */
  sent(part: string): string[] {
    return this.log.map(({ text }) => text).filter((text) => text.includes(part));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
