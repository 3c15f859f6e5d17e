import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import type { Server } from 'node:http';
import { Readable } from 'node:stream';
import { serve } from '@hono/node-server';
import { idempotencyOf, idempotent } from '../../src/index.ts';
import {
  type Binding,
  type Headers as Fields,
  type HandlerCall,
  type NeutralRequest,
  optionsFor,
} from '../suite/app.ts';
import { closeServer, portOf } from './listen.ts';
import { parse } from './parse.ts';

function neutral(request: Request, body?: unknown): NeutralRequest {
  const { pathname, search } = new URL(request.url);
  return {
    method: request.method,
    url: pathname + search,
    body,
    header: (name) => request.headers.get(name) ?? undefined,
  };
}

function headersOf(fields: Fields = {}): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(fields)) {
    for (const one of [value].flat()) headers.append(name, one);
  }
  return headers;
}

function call(request: Request, body: unknown): HandlerCall {
  return {
    request: neutral(request, body),
    context: idempotencyOf(request),
    json: (status, value, headers) => Response.json(value, { status, headers: headersOf(headers) }),
    bytes: (status, bytes, headers) =>
      new Response(Buffer.from(bytes), { status, headers: headersOf(headers) }),
    empty: (status, headers) => new Response(null, { status, headers: headersOf(headers) }),
    redirect: (status, location) => new Response(null, { status, headers: { location } }),
    stream: (status, readable, headers) =>
      new Response(Readable.toWeb(readable) as ReadableStream<Uint8Array>, {
        status,
        headers: headersOf(headers),
      }),
    file: (path) =>
      new Response(Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>),
    raw: () => {
      throw new Error('There is no ServerResponse here.');
    },
    fail: (error) => {
      throw error;
    },
  };
}

export const fetchBinding: Binding = {
  name: 'Fetch',
  isNode: false,
  hasParsers: false,
  async start() {
    let handle = async (_request: Request): Promise<Response> => new Response();
    const server = serve({
      fetch: (request) => handle(request).catch(() => new Response('failed', { status: 500 })),
      port: 0,
      hostname: '127.0.0.1',
    }) as Server;
    if (!server.listening) await once(server, 'listening');
    return {
      port: portOf(server),
      use(options, handler) {
        handle = idempotent(optionsFor(options, neutral), async (request) => {
          const bytes = new Uint8Array(await request.arrayBuffer());
          const answer = await handler(
            call(request, parse(request.headers.get('content-type'), bytes)),
          );
          if (answer instanceof Response) return answer;
          throw new Error('The handler has to return what it answers.');
        });
      },
      close: () => closeServer(server),
    };
  },
};
