import { createReadStream } from 'node:fs';
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { idempotent } from '../../src/fastify.ts';
import { idempotencyOf } from '../../src/index.ts';
import {
  type Binding,
  type HandlerCall,
  type Headers,
  type NeutralRequest,
  optionsFor,
} from '../suite/app.ts';
import { portOf } from './listen.ts';
import { neutralNode } from './node-calls.ts';

function neutral(request: FastifyRequest): NeutralRequest {
  return { ...neutralNode(request.raw, request.body), url: request.originalUrl };
}

function set(reply: FastifyReply, status: number, headers: Headers = {}): FastifyReply {
  reply.code(status);
  for (const [name, value] of Object.entries(headers)) reply.header(name, value);
  return reply;
}

function call(request: FastifyRequest, reply: FastifyReply): HandlerCall {
  return {
    request: neutral(request),
    context: idempotencyOf(request.raw),
    json: (status, value, headers) =>
      set(reply, status, headers)
        .type('application/json; charset=utf-8')
        .send(JSON.stringify(value)),
    bytes: (status, body, headers) => set(reply, status, headers).send(Buffer.from(body)),
    empty: (status, headers) => set(reply, status, headers).send(),
    redirect: (status, location) => reply.redirect(location, status),
    stream: (status, body, headers) => set(reply, status, headers).send(body),
    file: (path) => reply.send(createReadStream(path)),
    raw: async (use) => {
      reply.hijack();
      await use(reply.raw);
    },
    fail: (error) => {
      throw error;
    },
  };
}

export const fastify: Binding = {
  name: 'Fastify 5',
  isNode: true,
  hasParsers: true,
  async start({ withoutParsers = false } = {}) {
    let hook: ReturnType<typeof idempotent> = (_request, _reply, done) => done();
    let handle = async (_call: HandlerCall): Promise<unknown> => undefined;
    const app = Fastify({ forceCloseConnections: true, routerOptions: { maxParamLength: 10_000 } });
    if (withoutParsers) {
      app.removeAllContentTypeParsers();
      app.addContentTypeParser('*', (_request, _payload, done) => done(null, undefined));
    } else {
      app.addContentTypeParser(
        'application/x-www-form-urlencoded',
        { parseAs: 'string' },
        (_r, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
      );
      app.addContentTypeParser('*', { parseAs: 'buffer' }, (_r, body, done) => done(null, body));
    }
    app.all(
      '/*',
      { preHandler: (request, reply, done) => hook(request, reply, done) },
      async (request, reply) => {
        await handle(call(request, reply));
        return reply;
      },
    );
    await app.listen({ port: 0, host: '127.0.0.1' });
    return {
      port: portOf(app.server),
      use(options, handler) {
        hook = idempotent(optionsFor(options, neutral));
        handle = async (given) => void handler(given);
        handle = async (given) => {
          await handler(given);
        };
      },
      close: () => app.close(),
    };
  },
};
