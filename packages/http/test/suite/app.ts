import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { Idempotency, RunContext } from '@idem/core';
import type { IdempotentOptions } from '../../src/index.ts';

/** A request as every binding can show it. */
export interface NeutralRequest {
  readonly method: string;
  readonly url: string;
  readonly body: unknown;
  header(name: string): string | undefined;
}

/** The options of a binding, with functions that are given a neutral request. */
export type NeutralOptions = Partial<IdempotentOptions<NeutralRequest>> & {
  readonly idempotency: Idempotency;
};

export type Headers = Readonly<Record<string, string | readonly string[]>>;

/** One call of the handler. What it does is done in the framework's own way; what it returns must be returned. */
export interface HandlerCall {
  readonly request: NeutralRequest;
  readonly context: RunContext | undefined;
  /** An object, as the framework sends it. */
  json(status: number, value: unknown, headers?: Headers): unknown;
  bytes(status: number, body: Uint8Array, headers?: Headers): unknown;
  /** No body at all. */
  empty(status: number, headers?: Headers): unknown;
  redirect(status: number, location: string): unknown;
  stream(status: number, body: Readable, headers?: Headers): unknown;
  /** A file, by whatever the framework has for it. */
  file(path: string): unknown;
  /** The response of Node itself, past the framework; only where `Binding.isNode`. */
  raw(use: (res: ServerResponse) => void | Promise<void>): unknown;
  /** As the framework wants errors: `next(error)`, or thrown. */
  fail(error: Error): unknown;
}

export type Handler = (call: HandlerCall) => unknown;

/** A server whose middleware and handler can be exchanged. */
export interface TestServer {
  readonly port: number;
  /** From here on, all requests go through the middleware with these options to this handler. */
  use(options: NeutralOptions, handler: Handler): void;
  close(): Promise<void>;
}

/** A framework and how the library is put into it. */
export interface Binding {
  readonly name: string;
  /** Handlers can reach the `ServerResponse`. */
  readonly isNode: boolean;
  /** Bodies are read by the framework's own parsers; without them they are unread. */
  readonly hasParsers: boolean;
  start(setup?: Setup): Promise<TestServer>;
}

export interface Setup {
  /** Leaves the body parsers out. */
  readonly withoutParsers?: boolean;
}

/** The options as one binding takes them. */
export function optionsFor<Req>(
  options: NeutralOptions,
  neutral: (request: Req) => NeutralRequest,
): IdempotentOptions<Req> {
  const {
    principal = 'anonymous',
    required,
    skip,
    key,
    route,
    fingerprint,
    problem,
    onError,
    ...same
  } = options;
  return {
    ...same,
    principal: principal === 'anonymous' ? principal : (req) => principal(neutral(req)),
    ...(required === undefined
      ? {}
      : { required: typeof required === 'boolean' ? required : (req) => required(neutral(req)) }),
    ...(skip === undefined ? {} : { skip: (req) => skip(neutral(req)) }),
    ...(key === undefined ? {} : { key: (req) => key(neutral(req)) }),
    ...(route === undefined ? {} : { route: (req) => route(neutral(req)) }),
    ...(fingerprint === undefined
      ? {}
      : {
          fingerprint:
            typeof fingerprint === 'function' ? (req) => fingerprint(neutral(req)) : fingerprint,
        }),
    ...(problem === undefined ? {} : { problem: (said, req) => problem(said, neutral(req)) }),
    onError: (error, req) => onError?.(error, neutral(req)),
  };
}
