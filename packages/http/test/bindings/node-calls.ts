import { createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { idempotencyOf } from '../../src/index.ts';
import type { HandlerCall, Headers, NeutralRequest } from '../suite/app.ts';

export function neutralNode(req: IncomingMessage, body: unknown): NeutralRequest {
  return {
    method: req.method ?? '',
    url: req.url ?? '',
    body,
    header: (name) => {
      const value = req.headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
  };
}

/** A handler on Node's own response. */
export function nodeCall(req: IncomingMessage, res: ServerResponse, body: unknown): HandlerCall {
  return {
    request: neutralNode(req, body),
    context: idempotencyOf(req),
    json: (status, value, headers) => {
      set(res, status, headers);
      res.setHeader('content-type', 'application/json');
      res.end(JSON.stringify(value));
    },
    bytes: (status, bytes, headers) => {
      set(res, status, headers);
      res.end(bytes);
    },
    empty: (status, headers) => {
      set(res, status, headers);
      res.end();
    },
    redirect: (status, location) => {
      res.writeHead(status, { location }).end();
    },
    stream: (status, readable, headers) => {
      set(res, status, headers);
      pipeline(readable, res, () => {});
    },
    file: (path) => {
      createReadStream(path).pipe(res);
    },
    raw: (use) => use(res),
    fail: (error) => {
      throw error;
    },
  };
}

export function set(res: ServerResponse, status: number, headers: Headers = {}): void {
  res.statusCode = status;
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
}
