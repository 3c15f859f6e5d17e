import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import { type Observable, of } from 'rxjs';
import { Guard } from '../guard/guard.ts';
import { checkOptions } from '../guard/policy.ts';
import { NodeExchange } from '../node/exchange.ts';
import { parsedBody } from '../node/parsed-body.ts';
import { protect } from '../node/protect.ts';
import { seal } from '../node/seal.ts';
import { send } from '../node/send.ts';
import type { IdempotentOptions } from '../options.ts';
import { IDEMPOTENT } from './decorator.ts';

const NEST = "Nest's body parser (see `bodyParser` of NestFactory.create)";
const PARSERS = { json: NEST, form: NEST, other: '`app.useBodyParser` for that type' };

type Handler = ReturnType<ExecutionContext['getHandler']>;
type Controller = ReturnType<ExecutionContext['getClass']>;

/** Protects the routes that `@Idempotent()` marks. Runs after the guards and before the pipes of a route. */
export class IdempotencyInterceptor<Req extends object = IncomingMessage>
  implements NestInterceptor
{
  readonly #options: IdempotentOptions<Req>;
  readonly #reflector: Reflector;
  readonly #guards = new Map<Controller, Map<Handler, Guard<Req> | undefined>>();

  constructor(options: IdempotentOptions<Req>, reflector: Reflector) {
    // What is wrong with them is known before the first request.
    checkOptions(options);
    this.#options = options;
    this.#reflector = reflector;
  }

  intercept(
    context: ExecutionContext,
    next: CallHandler,
  ): Observable<unknown> | Promise<Observable<unknown>> {
    const guard = context.getType() === 'http' ? this.#guardOf(context) : undefined;
    if (guard === undefined) return next.handle();
    const request: Req = context.switchToHttp().getRequest();
    const response: object = context.switchToHttp().getResponse();
    const req = rawOf<IncomingMessage>(request);
    const res = rawOf<ServerResponse>(response);
    const body = () =>
      parsedBody(req, Reflect.get(request, 'body'), Reflect.get(request, 'rawBody'), PARSERS);
    const url: unknown = Reflect.get(request, 'originalUrl');
    const target = typeof url === 'string' ? url : undefined;
    const exchange = new NodeExchange(request, req, target, body);
    return new Promise((resolve, reject) => {
      protect(guard, exchange, req, res, {
        proceed: () => resolve(next.handle()),
        reply: (reply) => {
          copyHeaders(response, res);
          send(res, reply);
          // Nest answers with what the handler returned; there is none.
          seal(res);
          if (response !== res) Reflect.set(response, 'send', () => response);
          resolve(of(undefined));
        },
        fail: reject,
      });
    });
  }

  #guardOf(context: ExecutionContext): Guard<Req> | undefined {
    const handler = context.getHandler();
    const controller = context.getClass();
    // Controllers that inherit a handler share it, and each may have a mark of its own.
    const guards = this.#guards.get(controller) ?? new Map<Handler, Guard<Req> | undefined>();
    if (guards.has(handler)) return guards.get(handler);
    const own = this.#reflector.getAllAndOverride<Partial<IdempotentOptions<Req>> | undefined>(
      IDEMPOTENT,
      [handler, controller],
    );
    const guard =
      own === undefined ? undefined : new Guard(checkOptions({ ...this.#options, ...own }));
    this.#guards.set(controller, guards.set(handler, guard));
    return guard;
  }
}

/** Node's own, where the platform is Fastify. */
function rawOf<T extends object>(message: object): T {
  return 'raw' in message ? (message.raw as T) : (message as T);
}

/** What a Fastify reply keeps to itself until it is sent. */
function copyHeaders(response: object, res: ServerResponse): void {
  if (response === res || !('getHeaders' in response)) return;
  if (typeof response.getHeaders !== 'function') return;
  for (const [name, value] of Object.entries<string | string[]>(response.getHeaders())) {
    res.setHeader(name, value);
  }
}
