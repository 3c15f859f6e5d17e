import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import type { Reply } from './answer/reply.ts';
import { Guard } from './guard/guard.ts';
import { checkOptions } from './guard/policy.ts';
import { NodeExchange } from './node/exchange.ts';
import { headersOf } from './node/head.ts';
import { insist } from './node/insist.ts';
import { parsedBody } from './node/parsed-body.ts';
import { protect } from './node/protect.ts';
import { send } from './node/send.ts';
import type { IdempotentOptions } from './options.ts';

const PARSERS = {
  json: "Fastify's own JSON parser, which was removed or replaced,",
  form: '`@fastify/formbody`',
  other: '`addContentTypeParser` for that type, with `parseAs: "buffer"`,',
};

/** A `preHandler` hook of Fastify 5. */
export type IdempotentHook = (
  request: FastifyRequest,
  reply: FastifyReply,
  done: HookHandlerDoneFunction,
) => void;

/**
 * Executes a request once per idempotency key, and answers its retries with the first answer. A
 * `preHandler` hook, after the body was parsed and validated: put it last, after what authenticates,
 * `app.post('/payments', { preHandler: [authenticate, idempotent({ idempotency, principal })] }, pay)`,
 * or `app.addHook('preHandler', idempotent(...))` for all routes.
 *
 * Throws `IDEM_INVALID_OPTIONS`, `IDEM_INVALID_TTL` and `IDEM_INVALID_LEASE` when it is made.
 */
export function idempotent(options: IdempotentOptions<FastifyRequest>): IdempotentHook {
  const guard = new Guard(checkOptions(options));
  return (request, reply, done) => {
    const { raw } = request;
    const body = () => parsedBody(raw, request.body, Reflect.get(request, 'rawBody'), PARSERS);
    const exchange = new NodeExchange(request, raw, request.originalUrl, body);
    protect(guard, exchange, raw, reply.raw, {
      proceed: () => done(),
      reply: (answer) => respond(reply, answer),
      fail: (error) => done(error instanceof Error ? error : new Error(String(error))),
      headersBefore: () => headersOf(reply.getHeaders()),
    });
  };
}

/** Through the hooks of Fastify, where it would add nothing to the content type. */
function respond(reply: FastifyReply, answer: Reply): void {
  const { status, statusText, headers, body, trailers } = answer;
  const type = headers.find(([name]) => name === 'content-type')?.[1];
  const isLeftAlone = typeof type === 'string' && (!type.includes('json') || /charset/i.test(type));
  if (!isLeftAlone || statusText !== undefined || trailers !== undefined) {
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) reply.raw.setHeader(name, value);
    }
    reply.hijack();
    send(reply.raw, answer);
    return;
  }
  insist(reply.raw, answer);
  reply.code(status);
  for (const [name, value] of headers) {
    reply.header(name, typeof value === 'string' ? value : [...value]);
  }
  reply.send(typeof body === 'string' ? body : Buffer.from(body));
}
