import { Idempotency, type IdempotencyOptions, type IdempotencyStore } from '@idem/core';
import { expect } from 'vitest';
import { Client, type Received, type Sent } from '../support/client.ts';
import { FaultStore } from '../support/fault-store.ts';
import type {
  Binding,
  Handler,
  HandlerCall,
  NeutralOptions,
  NeutralRequest,
  TestServer,
} from './app.ts';

export const KEY = '"8e03978e-40d5-43dd-bc93-6894a57f9324"';
export const JSON_TYPE = { 'content-type': 'application/json' };
export const BODY = '{"amount":4200,"currency":"EUR"}';

export type Options = Partial<Omit<NeutralOptions, 'idempotency'>>;
/** What a broken middleware does to the options, or to its executor. */
export interface Mutation {
  options?(options: Options): Options;
  executor?(options: IdempotencyOptions): IdempotencyOptions;
  handler?(handler: Handler, stage: Stage): Handler;
}

/** One case on one server: its own store, and a count of the executions. */
export class Stage {
  readonly binding: Binding;
  readonly faults: FaultStore;
  readonly server: TestServer;
  readonly client: Client;
  readonly errors: unknown[] = [];
  idempotency: Idempotency;
  /** How often the handler was called. */
  executions = 0;
  readonly calls: HandlerCall[] = [];
  readonly #mutation: Mutation;

  constructor(
    binding: Binding,
    server: TestServer,
    store: IdempotencyStore,
    mutation: Mutation = {},
    client: Client = new Client(server.port),
  ) {
    this.binding = binding;
    this.server = server;
    this.#mutation = mutation;
    this.faults = new FaultStore(store);
    this.client = client;
    this.idempotency = this.#executor({});
  }

  /** The middleware with these options, and what the handler does. */
  use(
    options: Options,
    handler: Handler = receipt,
    executor: Partial<IdempotencyOptions> = {},
  ): void {
    this.idempotency = this.#executor(executor);
    const own = this.#mutation.options?.(options) ?? options;
    const counted: Handler = (call) => {
      this.executions += 1;
      this.calls.push(call);
      return handler(call);
    };
    const played = this.#mutation.handler?.(counted, this) ?? counted;
    const onError = (error: unknown, request: NeutralRequest): void => {
      this.errors.push(error);
      options.onError?.(error, request);
    };
    this.server.use({ ...own, onError, idempotency: this.idempotency }, played);
  }

  #executor(options: Partial<IdempotencyOptions>): Idempotency {
    const own = { store: this.faults.store, ttl: 3_600_000, ...options };
    return new Idempotency(this.#mutation.executor?.(own) ?? own);
  }

  /** A payment with a key. */
  pay(sent: Sent = {}): Promise<Received> {
    const { headers = {}, body = BODY } = sent;
    const all = { 'idempotency-key': KEY, ...JSON_TYPE, ...headers };
    const sending = this.client.send({ ...sent, body, headers: all });
    // A case that has failed awaits it no more.
    sending.catch(() => {});
    return sending;
  }

  /** Twice the same request: the first answer, and that to the retry. */
  async payTwice(sent: Sent = {}): Promise<readonly [Received, Received]> {
    return [await this.pay(sent), await this.pay(sent)];
  }
}

/** Says which execution it was. */
export const receipt: Handler = (call) => call.json(201, { receipt: `R-${receipts++}` });
let receipts = 1;

export function isReplay({ headers }: Received): boolean {
  return headers['idempotency-replayed'] === 'true';
}

/** A problem of this name, in the form of RFC 9457. */
export function expectProblem(received: Received, status: number, name: string): void {
  expect(received.status).toBe(status);
  expect(received.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(received.json()).toMatchObject({ type: expect.stringMatching(`#${name}$`), status });
}

/** The retry got what the first request got, byte for byte, and nothing was executed again. */
export function expectReplay(stage: Stage, first: Received, retry: Received): void {
  expect(stage.executions).toBe(1);
  expect(retry.status).toBe(first.status);
  expect(retry.body.equals(first.body)).toBe(true);
  expect(isReplay(first)).toBe(false);
  expect(isReplay(retry)).toBe(true);
}
