import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What the server does with a request. */
export type Step =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | Uint8Array;
    }
  /** Closes the connection without a word. */
  | 'drop'
  /** Sends a head and half a body, then closes the connection. */
  | 'tear'
  /** Never answers. */
  | 'hang'
  /** Sends a head and half a body, and nothing more. */
  | 'stall';

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A server on a real socket that does one step for each request, and the last for all that follow. */
export class ScriptedServer implements AsyncDisposable {
  readonly received: Received[] = [];
  readonly #http = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request;
    this.received.push({ method, url, headers, body: await buffer(request) });
    const steps = this.#steps;
    play(steps[Math.min(this.received.length, steps.length) - 1] ?? 'hang', response);
  });
  readonly #steps: readonly Step[];

  private constructor(steps: readonly Step[]) {
    this.#steps = steps;
  }

  static async start(...steps: readonly Step[]): Promise<ScriptedServer> {
    const server = new ScriptedServer(steps);
    server.#http.listen(0, '127.0.0.1');
    await once(server.#http, 'listening');
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}/payments`;
  }

  /** The header with the key, for each request that came. */
  get keys(): (string | undefined)[] {
    return this.received.map(({ headers }) => headers['idempotency-key']?.toString());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#http.closeAllConnections();
    this.#http.close();
  }
}

function play(step: Step, response: ServerResponse): void {
  switch (step) {
    case 'drop':
      response.destroy();
      return;
    case 'hang':
      return;
    case 'tear':
    case 'stall':
      response.writeHead(201, { 'content-length': '100' });
      response.write('half of ', () => step === 'tear' && response.destroy());
      return;
    default:
      response.writeHead(step.status, step.headers).end(step.body);
  }
}
