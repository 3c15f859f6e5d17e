import { type Idempotency, isIdempotencyError, type RunContext } from '@idem/core';
import { systemTimers, Timer } from '@idem/core/adapter';
import type { Answer, Captured } from '../answer/answer.ts';
import { type AnswerRecord, fromRecord, toRecord } from '../answer/record.ts';
import { problemReply, type Reply, replayOf } from '../answer/reply.ts';
import { problemOf } from '../problems/catalogue.ts';
import { type Problem, problemJson } from '../problems/problem.ts';
import type { Exchange } from '../request/exchange.ts';
import { type Admission, type Admitted, admit } from './admission.ts';
import type { Policy } from './policy.ts';
import { isOperational, notKept, problemFor, unreadable } from './refusal.ts';

/** What an answer that goes out is marked with: nothing of it is recorded, or its status only. */
export type Mark = 'no' | 'outcome-only' | undefined;

/** What the client is answered with. */
export type Verdict =
  /** The handler's own answer, as it was captured. */
  | { readonly kind: 'own'; readonly mark: Mark }
  | { readonly kind: 'replay'; readonly answer: Reply }
  /** `replayed`: it stands for an answer that was not kept. */
  | {
      readonly kind: 'problem';
      readonly problem: Problem;
      readonly replayed: boolean;
      readonly cause?: unknown;
    }
  /** The store cannot be reached, and the application wants the handler to be called all the same. */
  | { readonly kind: 'unprotected' }
  /** The handler threw. */
  | { readonly kind: 'threw'; readonly error: unknown }
  /** The client left while it waited for another execution. */
  | { readonly kind: 'gone' };

/** What calls the handler, and says what it answered as soon as something can be recorded. */
export type Execute = (context: RunContext) => Promise<Captured>;

/** Decides what becomes of requests, in whatever framework. */
export class Guard<Req> {
  readonly policy: Policy<Req>;

  constructor(policy: Policy<Req>) {
    this.policy = policy;
  }

  admit(exchange: Exchange<Req>): Promise<Admission> {
    return admit(this.policy, exchange);
  }

  /** What a request is answered with that is refused before the store is asked. */
  refusal({ problem }: { readonly problem: Problem }, request: Req): Reply {
    return this.replyOf({ kind: 'problem', problem, replayed: false }, request);
  }

  problemReply(problem: Problem, request: Req): Reply {
    return problemReply(this.policy.problem(problem, request), undefined);
  }

  /** What a replay, or a problem, looks like on the wire. */
  replyOf(verdict: Extract<Verdict, { kind: 'replay' | 'problem' }>, request: Req): Reply {
    const { replayedHeader } = this.policy;
    if (verdict.kind === 'replay') return replayOf(verdict.answer, replayedHeader);
    const { problem, replayed, cause } = verdict;
    if (isOperational(problem)) this.report(cause ?? new Error(problem.detail), request);
    const answer = this.policy.problem(problem, request);
    return problemReply(answer, replayed ? replayedHeader : undefined);
  }

  /** The same where the answer was held back: nobody else could answer a `problem` that throws. */
  replyInAnyCase(verdict: Extract<Verdict, { kind: 'replay' | 'problem' }>, request: Req): Reply {
    try {
      return this.replyOf(verdict, request);
    } catch (error) {
      if (verdict.kind === 'replay') throw error;
      this.report(error, request);
      return problemReply(problemJson(verdict.problem), undefined);
    }
  }

  report(error: unknown, request: Req): void {
    // Who is told of a failure does not change what the client is answered, nor end the process.
    const tell = async (): Promise<void> => this.policy.onError?.(error, request);
    tell().catch(() => {});
  }

  /**
   * Executes, replays or refuses. `signal` ends waiting for another execution, never one of its own.
   */
  run(admitted: Admitted, request: Req, execute: Execute, signal?: AbortSignal): Promise<Verdict> {
    return new Run(this, admitted, request, execute).settle(signal);
  }
}

const NONE: ReadonlyMap<string, unknown> = new Map();

/** One request on its way; due when the store has not answered in time. */
class Run<Req> extends Timer {
  override readonly keepsAlive = true;
  readonly #guard: Guard<Req>;
  readonly #admitted: Admitted;
  readonly #request: Req;
  readonly #execute: Execute;
  #captured: Captured | undefined;
  #thrown: { readonly error: unknown } | undefined;
  #isExecuting = false;
  /** It was answered without the store: what that grants later is given back. */
  #gaveUp = false;
  #redactionFailed = false;
  #isUnprotected = false;
  #resolve: (verdict: Verdict) => void = nothing;

  constructor(guard: Guard<Req>, admitted: Admitted, request: Req, execute: Execute) {
    super();
    this.#guard = guard;
    this.#admitted = admitted;
    this.#request = request;
    this.#execute = execute;
  }

  settle(signal: AbortSignal | undefined): Promise<Verdict> {
    const { storeTimeout } = this.#guard.policy;
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      // Waiting for another execution is part of the question.
      systemTimers.set(this, systemTimers.now() + storeTimeout + this.#admitted.wait);
      this.#run(signal).then((verdict) => {
        systemTimers.clear(this);
        if (!this.#gaveUp) resolve(verdict);
      }, reject);
    });
  }

  override due(): void {
    if (this.#isExecuting) return;
    this.#gaveUp = true;
    const { storeTimeout } = this.#guard.policy;
    const late = new Error(`The store did not claim the key within ${storeTimeout} ms.`);
    this.#resolve(this.#unreachable(late));
  }

  async #run(signal: AbortSignal | undefined): Promise<Verdict> {
    const { idempotency, ttl, lease } = this.#guard.policy;
    const { key, scope, fingerprint, wait } = this.#admitted;
    try {
      const result = await run(idempotency, key, (context) => this.#call(context), {
        ...{ scope, fingerprint, ttl, lease, wait, signal },
        recordResult: () => this.#isKept(),
      });
      if (result.replayed) return this.#replay(result.value);
      return { kind: 'own', mark: this.#mark() };
    } catch (error) {
      if (signal?.aborted === true && error === signal.reason) return { kind: 'gone' };
      return this.#failed(error);
    }
  }

  async #call(context: RunContext): Promise<AnswerRecord> {
    if (this.#gaveUp) throw new Error('The request was answered before its key was claimed.');
    this.#isExecuting = true;
    this.#isUnprotected = context.fence === 0;
    try {
      this.#captured = await this.#execute(context);
    } catch (error) {
      this.#thrown = { error };
      throw error;
    }
    return this.#record(this.#captured);
  }

  #record(captured: Captured): AnswerRecord {
    if (captured.kind === 'open') {
      return { http: 1, status: captured.head.status, notKept: captured.reason };
    }
    const { answer: given, before = NONE } = captured;
    const { redact, recordedHeaders } = this.#guard.policy;
    const isBodiless = this.#admitted.method === 'HEAD' || given.status === 304;
    const headers = recordedHeaders.select(given.headers, before, isBodiless);
    const answer = { ...given, headers };
    if (redact === undefined) return toRecord(answer);
    try {
      // Its own copy: what it changes in place is not what the client is sent.
      return redacted(redact({ ...answer, body: Buffer.from(answer.body) }));
    } catch (error) {
      // What should not be stored is not; that it was executed is.
      this.#redactionFailed = true;
      this.#guard.report(error, this.#request);
      return { http: 1, status: answer.status, notKept: 'redactor-failed' };
    }
  }

  #isKept(): boolean {
    const captured = this.#captured;
    if (captured === undefined) return true;
    return this.#guard.policy.keeps(captured.kind === 'whole' ? captured.answer : captured.head);
  }

  /** As the executor takes it. */
  #wasKept(): boolean {
    try {
      return this.#isKept() !== false;
    } catch {
      return true;
    }
  }

  #mark(): Mark {
    if (this.#isUnprotected) return 'no';
    const open = this.#captured?.kind === 'open' || this.#redactionFailed;
    return open && this.#wasKept() ? 'outcome-only' : undefined;
  }

  #replay(value: unknown): Verdict {
    const recorded = fromRecord(value);
    const { instance } = this.#admitted;
    switch (recorded.kind) {
      case 'answer':
        return { kind: 'replay', answer: recorded.answer };
      case 'not-kept':
        return { kind: 'problem', problem: notKept(recorded.status, instance), replayed: true };
      case 'unreadable':
        return { kind: 'problem', problem: unreadable(instance), replayed: false };
    }
  }

  #failed(error: unknown): Verdict {
    if (this.#thrown !== undefined && error === this.#thrown.error) return { kind: 'threw', error };
    if (this.#captured !== undefined && !isIdempotencyError(error, 'IDEM_LEASE_LOST')) {
      // The handler has answered, and that could not be recorded.
      this.#guard.report(error, this.#request);
      return { kind: 'own', mark: 'no' };
    }
    if (!this.#isExecuting && isUnreachable(error)) return this.#unreachable(error);
    return this.#problem(error);
  }

  #unreachable(error: unknown): Verdict {
    if (this.#guard.policy.runUnprotected) {
      this.#guard.report(error, this.#request);
      return { kind: 'unprotected' };
    }
    return this.#problem(error);
  }

  #problem(cause: unknown): Verdict {
    const problem = problemFor(cause, this.#admitted.instance);
    return { kind: 'problem', problem, replayed: false, cause };
  }
}

function nothing(): void {}

export function handlerFailed(instance: string): Problem {
  const detail = 'The handler failed before it had answered. Nothing is recorded.';
  return problemOf('handler-failed', { detail, instance });
}

/** What is left to store: nothing else than what can be sent. */
function redacted(answer: Answer): AnswerRecord {
  if (answer instanceof Promise) answer.catch(() => {});
  const record = toRecord(answer);
  if (fromRecord(record).kind === 'answer') return record;
  throw new TypeError('redact must answer, at once, an Answer that can be sent.');
}

function isUnreachable(error: unknown): boolean {
  return UNREACHABLE.some((code) => isIdempotencyError(error, code));
}

const UNREACHABLE = ['IDEM_STORE_UNAVAILABLE', 'IDEM_STORE_TIMEOUT', 'IDEM_STORE_BUSY'] as const;

/** The value comes from a store, whatever the type of the function says. */
function run(
  idempotency: Idempotency,
  key: string,
  fn: (context: RunContext) => Promise<unknown>,
  options: Parameters<Idempotency['run']>[2],
): Promise<{ readonly value: unknown; readonly replayed: boolean }> {
  return idempotency.run<unknown>(key, fn, options);
}
