import type { IncomingMessage } from 'node:http';
import type { Body, Exchange } from '../request/exchange.ts';

/** A request of Node as the guard sees it. */
export class NodeExchange<Req> implements Exchange<Req> {
  readonly request: Req;
  readonly method: string;
  readonly target: string;
  readonly #req: IncomingMessage;
  readonly #body: (maxBytes: number) => Body | Promise<Body>;

  /** @param target where a framework has changed `url` on the way */
  constructor(
    request: Req,
    req: IncomingMessage,
    target: string | undefined,
    body: (maxBytes: number) => Body | Promise<Body>,
  ) {
    this.request = request;
    this.method = req.method ?? '';
    this.target = target ?? req.url ?? '';
    this.#req = req;
    this.#body = body;
  }

  header(name: string): string | undefined {
    const value = this.#req.headers[name];
    return typeof value === 'string' ? value : value?.join(', ');
  }

  lines(name: string): number {
    const { rawHeaders } = this.#req;
    let lines = 0;
    for (let at = 0; at < rawHeaders.length; at += 2) {
      const sent = rawHeaders[at];
      if (sent?.length === name.length && sent.toLowerCase() === name) lines += 1;
    }
    return lines;
  }

  body(maxBytes: number): Body | Promise<Body> {
    return this.#body(maxBytes);
  }
}

/** The request says that it has a body (RFC 9110, section 8.6; RFC 9112, section 6.3). */
export function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}
