import type { Body, Exchange } from '../request/exchange.ts';

const CONSUMED: Body = {
  kind: 'not-read',
  remedy:
    'The body of this Request was read before it came here, and is gone. Hand the Request on as it came, ' +
    'or a clone of it.',
};

/** A Fetch Request as the guard sees it. The handler's own body stays unread: a copy is looked at. */
export class FetchExchange implements Exchange<Request> {
  readonly request: Request;
  readonly method: string;
  readonly target: string;

  constructor(request: Request) {
    this.request = request;
    this.method = request.method;
    const { pathname, search } = new URL(request.url);
    this.target = pathname + search;
  }

  header(name: string): string | undefined {
    return this.request.headers.get(name) ?? undefined;
  }

  /** Headers join them: several values are one with a comma, which no key has outside its quotes. */
  lines(): number {
    return 1;
  }

  async body(maxBytes: number): Promise<Body> {
    const { request } = this;
    if (request.body === null) return { kind: 'none' };
    if (request.bodyUsed) return CONSUMED;
    const { body } = request.clone();
    if (body === null) return { kind: 'none' };
    const chunks: Uint8Array[] = [];
    let size = 0;
    const reader = body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      size += value.byteLength;
      if (size <= maxBytes) continue;
      // Not waited for: it is done when the handler's own copy is given up too.
      reader.cancel().catch(() => {});
      return { kind: 'too-large' };
    }
    return size === 0 ? { kind: 'none' } : { kind: 'bytes', bytes: Buffer.concat(chunks) };
  }
}
