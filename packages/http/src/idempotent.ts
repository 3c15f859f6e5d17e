import { respond } from './fetch/respond.ts';
import { Guard } from './guard/guard.ts';
import { checkOptions, OPTION_NAMES } from './guard/policy.ts';
import type { IdempotentOptions } from './options.ts';

/** What a handler on the Fetch standard takes, beside what each binding does. */
export interface FetchOptions extends IdempotentOptions<Request> {
  /**
   * Told of each answer under way, where the platform ends what is not waited for: give it to
   * `context.waitUntil` of Workers and the like, so that a client that leaves stops nothing.
   */
  readonly waitUntil?: (answering: Promise<unknown>, request: Request) => void;
}

const NAMES: ReadonlySet<string> = new Set([...OPTION_NAMES, 'waitUntil']);

/** Answers a Request, with the handler of this one call. */
export type Responder = (
  request: Request,
  proceed: () => Response | Promise<Response>,
) => Promise<Response>;

/**
 * The same handler, which executes a request once per idempotency key and answers its retries with the
 * first answer: for Next.js, Bun, Deno, Workers, and whatever else maps a `Request` to a `Response`.
 * Further arguments are handed on. What the handler throws is thrown, and frees the key.
 *
 * The Request must come with its body unread; the handler reads it as ever. Its `signal` is the
 * handler's affair: an execution goes on when the client has left, unless the handler listens to it.
 *
 * Throws `IDEM_INVALID_OPTIONS`, `IDEM_INVALID_TTL` and `IDEM_INVALID_LEASE` when it is made.
 */
export function idempotent<Rest extends readonly unknown[]>(
  options: FetchOptions,
  handler: (request: Request, ...rest: Rest) => Response | Promise<Response>,
): (request: Request, ...rest: Rest) => Promise<Response> {
  const answer = responder(options);
  return (request, ...rest) => answer(request, () => handler(request, ...rest));
}

/**
 * The same for a middleware, which has its handler only when the request is there: as in Hono,
 * `c.res = await respond(c.req.raw, async () => (await next(), c.res))`.
 */
export function responder(options: FetchOptions): Responder {
  const guard = new Guard(checkOptions(options, NAMES));
  const { waitUntil } = options;
  return (request, proceed) => {
    const answering = respond(guard, request, proceed);
    waitUntil?.(
      answering.catch(() => {}),
      request,
    );
    return answering;
  };
}
