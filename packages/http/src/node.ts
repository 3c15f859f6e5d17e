import type { IncomingMessage, ServerResponse } from 'node:http';
import { problemReply, type Reply } from './answer/reply.ts';
import { Guard, handlerFailed } from './guard/guard.ts';
import { checkOptions } from './guard/policy.ts';
import { NodeExchange } from './node/exchange.ts';
import { protect } from './node/protect.ts';
import { readBody } from './node/read-body.ts';
import { seal } from './node/seal.ts';
import { send } from './node/send.ts';
import type { IdempotentOptions } from './options.ts';
import { problemJson } from './problems/problem.ts';
import { pathOf } from './request/exchange.ts';

/** What `createServer` takes. */
export type Listener = (req: IncomingMessage, res: ServerResponse) => unknown;

/**
 * A listener for `node:http`, http2's compatibility API excepted, that executes a request once per
 * idempotency key and answers its retries with the first answer:
 * `createServer(idempotent({ idempotency, principal }, listener))`. The body is read first, to be
 * compared, and handed back: the listener reads `req` as ever.
 *
 * What the listener throws, or rejects with, is answered with 500 where it had not answered, frees the
 * key, and goes to `onError`; without that it is thrown, as it would be without the middleware. What
 * the functions of the options throw, such as `principal`, is answered with 500 and goes there too;
 * without `onError` it is a warning of the process, which no single request ends.
 *
 * Throws `IDEM_INVALID_OPTIONS`, `IDEM_INVALID_TTL` and `IDEM_INVALID_LEASE` when it is made.
 */
export function idempotent(
  options: IdempotentOptions<IncomingMessage>,
  listener: Listener,
): (req: IncomingMessage, res: ServerResponse) => void {
  const guard = new Guard(checkOptions(options));
  return (req, res) => {
    const exchange = new NodeExchange(req, req, undefined, (most) => readBody(req, most));
    const fail = (error: unknown, tell: (error: unknown) => void): void => {
      if (options.onError === undefined) tell(error);
      else guard.report(error, req);
      // What had answered before it threw has answered.
      if (res.headersSent) {
        if (!res.writableEnded) res.destroy();
        return;
      }
      const problem = handlerFailed(pathOf(exchange.target));
      try {
        answer(res, guard.problemReply(problem, req));
      } catch (mistake) {
        // Nobody else could answer a `problem` that throws, or that cannot be sent.
        guard.report(mistake, req);
        answer(res, problemReply(problemJson(problem), undefined));
      }
      seal(res);
    };
    protect(guard, exchange, req, res, {
      proceed: () => {
        // Whether it throws at once or later is one.
        new Promise((resolve) => resolve(listener(req, res))).catch((error) =>
          fail(error, rethrow),
        );
      },
      reply: (reply) => {
        send(res, reply);
        // Nobody reads it any more; unread, it would be in the way of the next request.
        req.resume();
      },
      fail: (error) => fail(error, warn),
    });
  };
}

/** Instead of what was set so far. */
function answer(res: ServerResponse, reply: Reply): void {
  for (const name of res.getHeaderNames()) res.removeHeader(name);
  res.statusMessage = '';
  send(res, reply);
}

function rethrow(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error), 'IdempotencyWarning');
}
