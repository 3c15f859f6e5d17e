import type { RunContext } from '@idem/core';

const contexts = new WeakMap<object, RunContext>();

/**
 * The execution that a request is handled under: its `fence`, whether it is a `takeover`, its
 * `signal`. Undefined for a request that passed without protection. The request is the one that the
 * handler was given: an `IncomingMessage` in Express and node:http, `ctx.req` in Koa, `request.raw` in
 * Fastify, the `Request` of a Fetch handler.
 */
export function idempotencyOf(request: object): RunContext | undefined {
  return contexts.get(request);
}

export function remember(request: object, context: RunContext): void {
  contexts.set(request, context);
}
