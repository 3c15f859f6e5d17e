import type { Context, Middleware } from 'koa';
import type { Reply } from './answer/reply.ts';
import { Guard } from './guard/guard.ts';
import { checkOptions } from './guard/policy.ts';
import { NodeExchange } from './node/exchange.ts';
import { insist } from './node/insist.ts';
import { parsedBody } from './node/parsed-body.ts';
import { protect } from './node/protect.ts';
import type { IdempotentOptions } from './options.ts';

const PARSERS = {
  json: '`@koa/bodyparser`',
  form: '`@koa/bodyparser`',
  other: 'a parser that leaves `ctx.request.rawBody`',
};

/**
 * Executes a request once per idempotency key, and answers its retries with the first answer. Put it
 * after what authenticates, validates and parses the body. What Koa makes of `ctx.body` once the
 * middlewares have returned, and of what they throw, is the answer that is recorded.
 *
 * Throws `IDEM_INVALID_OPTIONS`, `IDEM_INVALID_TTL` and `IDEM_INVALID_LEASE` when it is made.
 */
export function idempotent(options: IdempotentOptions<Context>): Middleware {
  const guard = new Guard(checkOptions(options));
  return (ctx, next) =>
    new Promise((resolve, reject) => {
      const body = () => {
        const { request } = ctx;
        const parsed: unknown = Reflect.get(request, 'body');
        return parsedBody(ctx.req, parsed, Reflect.get(request, 'rawBody'), PARSERS);
      };
      const exchange = new NodeExchange<Context>(ctx, ctx.req, ctx.originalUrl, body);
      protect(guard, exchange, ctx.req, ctx.res, {
        // Koa answers when this has returned: nobody may wait here for the answer.
        proceed: () => resolve(next()),
        reply: (reply) => {
          respond(ctx, reply);
          resolve(undefined);
        },
        fail: reject,
      });
    });
}

/** As a handler would, so that the middlewares outside see it; what they make of its body is not sent. */
function respond(ctx: Context, reply: Reply): void {
  insist(ctx.res, reply);
  const { body } = reply;
  ctx.body = typeof body === 'string' ? body : Buffer.from(body);
  ctx.status = reply.status;
  if (reply.statusText !== undefined) ctx.message = reply.statusText;
  ctx.remove('content-type');
  for (const [name, value] of reply.headers) {
    ctx.set(name, typeof value === 'string' ? value : [...value]);
  }
}
