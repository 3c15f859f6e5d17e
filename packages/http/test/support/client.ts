import { Agent, type IncomingMessage, request as send } from 'node:http';
import { buffer } from 'node:stream/consumers';

export interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array;
  /** The client breaks off when this is aborted. */
  readonly signal?: AbortSignal;
}

export interface Received {
  readonly status: number;
  readonly statusText: string;
  readonly headers: IncomingMessage['headers'];
  /** Each line of the head, as it came. */
  readonly lines: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  readonly trailers: NodeJS.Dict<string>;
  json(): unknown;
}

/** A client that sees every byte, on connections that are kept open. */
export class Client {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  async send(sent: Sent): Promise<Received> {
    const response = await this.begin(sent);
    const body = await buffer(response);
    return received(response, body);
  }

  /** Resolves with the head, when that has come. */
  begin({
    method = 'POST',
    path = '/payments',
    headers = {},
    body,
    signal,
  }: Sent): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const request = send({
        ...{ port: this.#port, host: '127.0.0.1', agent: this.#agent, method, path },
        headers: Object.fromEntries(
          Object.entries(headers).map(([name, value]) => [
            name,
            typeof value === 'string' ? value : [...value],
          ]),
        ),
        ...(signal === undefined ? {} : { signal }),
      });
      request.on('response', resolve);
      request.on('error', reject);
      request.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

function received(response: IncomingMessage, body: Buffer): Received {
  const lines: [string, string][] = [];
  for (let at = 0; at + 1 < response.rawHeaders.length; at += 2) {
    lines.push([response.rawHeaders[at]?.toLowerCase() ?? '', response.rawHeaders[at + 1] ?? '']);
  }
  return {
    status: response.statusCode ?? 0,
    statusText: response.statusMessage ?? '',
    headers: response.headers,
    ...{ lines, body },
    trailers: response.trailers,
    json: () => JSON.parse(body.toString()),
  };
}
