import type { NextFunction, Request, Response } from 'express';
import { Guard } from './guard/guard.ts';
import { checkOptions } from './guard/policy.ts';
import { NodeExchange } from './node/exchange.ts';
import { parsedBody } from './node/parsed-body.ts';
import { protect } from './node/protect.ts';
import { send } from './node/send.ts';
import type { IdempotentOptions } from './options.ts';

const PARSERS = {
  json: '`express.json()`',
  form: '`express.urlencoded()`',
  other: '`express.raw()` or `express.text()` with that type',
};

/** A middleware of Express 4 and 5. */
export type IdempotentMiddleware = (req: Request, res: Response, next: NextFunction) => void;

/**
 * Executes a request once per idempotency key, and answers its retries with the first answer. Put it
 * after what authenticates, validates and parses the body, and before the handler:
 * `app.post('/payments', idempotent({ idempotency, principal: (req) => req.user.id }), pay)`.
 *
 * Throws `IDEM_INVALID_OPTIONS`, `IDEM_INVALID_TTL` and `IDEM_INVALID_LEASE` when it is made.
 */
export function idempotent(options: IdempotentOptions<Request>): IdempotentMiddleware {
  const guard = new Guard(checkOptions(options));
  return (req, res, next) => {
    const body = () => parsedBody(req, req.body, Reflect.get(req, 'rawBody'), PARSERS);
    const exchange = new NodeExchange(req, req, req.originalUrl, body);
    protect(guard, exchange, req, res, {
      proceed: () => next(),
      reply: (reply) => send(res, reply),
      fail: next,
    });
  };
}
