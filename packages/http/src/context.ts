import type { RunContext } from '@idem/core';

const CONTEXT: unique symbol = Symbol('idem.http.context');

interface Executed {
  [CONTEXT]?: RunContext;
}

/**
 * The execution that a request is handled under: its `fence`, whether it is a `takeover`, its
 * `signal`. Undefined for a request that passed without protection. The request is the one that the
 * handler was given: an `IncomingMessage` in Express and node:http, `ctx.req` in Koa, `request.raw` in
 * Fastify, the `Request` of a Fetch handler.
 */
export function idempotencyOf(request: object): RunContext | undefined {
  const executed: Executed = request;
  return executed[CONTEXT] ?? frozen.get(request);
}

export function remember(request: object, context: RunContext): void {
  const executed: Executed = request;
  // On the request: an entry of a WeakMap costs ten times as much, and its collection again.
  if (Object.isExtensible(request)) executed[CONTEXT] = context;
  else frozen.set(request, context);
}

const frozen = new WeakMap<object, RunContext>();
