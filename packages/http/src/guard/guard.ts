import { isIdempotencyError, type RunContext } from '@idem/core';
import { JSON_OF_CALL, systemTimers, Timer } from '@idem/core/adapter';
import type { Answer, Captured } from '../answer/answer.ts';
import { type AnswerRecord, fromRecord, toRecord } from '../answer/record.ts';
import { recordCodec } from '../answer/record-codec.ts';
import { problemReply, type Reply, replayOf } from '../answer/reply.ts';
import { problemOf } from '../problems/catalogue.ts';
import { type Problem, problemJson } from '../problems/problem.ts';
import type { Exchange } from '../request/exchange.ts';
import { type Admission, type Admitted, admit } from './admission.ts';
import type { Policy } from './policy.ts';
import { redacted } from './redacted.ts';
import { isOperational, notKept, problemFor, unreadable } from './refusal.ts';
import { type Result, run } from './run.ts';

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

/** Who calls the handler, and answers the client. */
export interface Host {
  /** Calls the handler. What it throws frees the key, as does what `broke` is given. */
  execute(context: RunContext, answering: Answering): void;
  /** What the client is answered with. Called once; does not throw. */
  decided(verdict: Verdict): void;
}

/** Told what the handler answered as soon as something can be recorded, or that it never will. Once. */
export interface Answering {
  captured(captured: Captured): void;
  broke(error: unknown): void;
}

/** Decides what becomes of requests, in whatever framework. */
export class Guard<Req> {
  readonly policy: Policy<Req>;

  constructor(policy: Policy<Req>) {
    this.policy = policy;
  }

  /** Rejects with, or throws, what the application's own functions threw. */
  admit(exchange: Exchange<Req>): Admission | Promise<Admission> {
    return admit(this.policy, exchange);
  }

  /** What a request is answered with that is refused before the store is asked. */
  refusal({ problem }: { readonly problem: Problem }, request: Req): Reply {
    return this.replyOf({ kind: 'problem', problem, replayed: false }, request);
  }

  /** A problem as it is answered where nobody is left to hear that `problem` throws. */
  problemReply(problem: Problem, request: Req): Reply {
    try {
      return problemReply(this.policy.problem(problem, request), undefined);
    } catch (error) {
      this.report(error, request);
      return problemReply(problemJson(problem), undefined);
    }
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
  run(admitted: Admitted, request: Req, host: Host, signal?: AbortSignal): void {
    new Run(this, admitted, request, host).begin(signal);
  }
}

const NONE: ReadonlyMap<string, unknown> = new Map();

/** One request on its way; due when the store has not answered in time. */
class Run<Req> extends Timer implements Answering {
  override readonly keepsAlive = true;
  readonly #guard: Guard<Req>;
  readonly #admitted: Admitted;
  readonly #request: Req;
  readonly #host: Host;
  #captured: Captured | undefined;
  #thrown: { readonly error: unknown } | undefined;
  #isExecuting = false;
  #isDecided = false;
  /** It was answered without the store: what that grants later is given back. */
  #gaveUp = false;
  #redactionFailed = false;
  #isUnprotected = false;
  #record: ((record: AnswerRecord) => void) | undefined;
  #throw: ((error: unknown) => void) | undefined;

  constructor(guard: Guard<Req>, admitted: Admitted, request: Req, host: Host) {
    super();
    this.#guard = guard;
    this.#admitted = admitted;
    this.#request = request;
    this.#host = host;
  }

  begin(signal: AbortSignal | undefined): void {
    const { idempotency, ttl, lease, storeTimeout } = this.#guard.policy;
    const { key, scope, fingerprint, wait } = this.#admitted;
    const fn = (context: RunContext): Promise<AnswerRecord> => this.#call(context);
    const recordResult = (): boolean => this.#isKept();
    // Without a spread, which takes as long as all the rest of it.
    const options = {
      scope,
      fingerprint,
      ttl,
      lease,
      wait,
      signal,
      recordResult,
      [JSON_OF_CALL]: recordCodec,
    };
    const settled = ({ value, replayed }: Result): void =>
      this.#decide(replayed ? this.#replay(value) : { kind: 'own', mark: this.#mark() });
    const failed = (error: unknown): void => {
      const isGone = signal?.aborted === true && error === signal.reason;
      this.#decide(isGone ? { kind: 'gone' } : this.#failed(error));
    };
    run(idempotency, key, fn, options, settled, failed);
    // Waiting for another execution is part of the question.
    if (!this.#isDecided) systemTimers.set(this, systemTimers.now() + storeTimeout + wait);
  }

  #decide(verdict: Verdict): void {
    this.#isDecided = true;
    systemTimers.clear(this);
    if (!this.#gaveUp) this.#host.decided(verdict);
  }

  override due(): void {
    if (this.#isExecuting) return;
    this.#gaveUp = true;
    const { storeTimeout } = this.#guard.policy;
    const late = new Error(`The store did not claim the key within ${storeTimeout} ms.`);
    this.#host.decided(this.#unreachable(late));
  }

  #call(context: RunContext): Promise<AnswerRecord> {
    if (this.#gaveUp) throw new Error('The request was answered before its key was claimed.');
    this.#isExecuting = true;
    this.#isUnprotected = context.fence === 0;
    return new Promise((resolve, reject) => {
      this.#record = resolve;
      this.#throw = reject;
      try {
        this.#host.execute(context, this);
      } catch (error) {
        this.broke(error);
      }
    });
  }

  captured(captured: Captured): void {
    this.#captured = captured;
    this.#record?.(this.#recordOf(captured));
  }

  broke(error: unknown): void {
    this.#thrown = { error };
    this.#throw?.(error);
  }

  #recordOf(captured: Captured): AnswerRecord {
    const { head } = captured;
    const { status } = head;
    if (captured.kind === 'open') return { http: 1, status, notKept: captured.reason };
    const { body, trailers, before = NONE } = captured;
    const { redact, recordedHeaders } = this.#guard.policy;
    const isBodiless = this.#admitted.method === 'HEAD' || status === 304;
    const headers = recordedHeaders.select(head.headers, before, isBodiless);
    if (redact === undefined) return toRecord(head, headers, body, trailers);
    try {
      // Its own copy: what it changes in place is not what the client is sent.
      const answer: Answer = { ...head, headers, body: Buffer.from(body) };
      return redacted(redact(trailers === undefined ? answer : { ...answer, trailers }));
    } catch (error) {
      // What should not be stored is not; that it was executed is.
      this.#redactionFailed = true;
      this.#guard.report(error, this.#request);
      return { http: 1, status, notKept: 'redactor-failed' };
    }
  }

  #isKept(): boolean {
    const captured = this.#captured;
    if (captured === undefined) return true;
    return this.#guard.policy.keeps(captured.head);
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

export function handlerFailed(instance: string): Problem {
  const detail = 'The handler failed before it had answered. Nothing is recorded.';
  return problemOf('handler-failed', { detail, instance });
}

function isUnreachable(error: unknown): boolean {
  return UNREACHABLE.some((code) => isIdempotencyError(error, code));
}

const UNREACHABLE = ['IDEM_STORE_UNAVAILABLE', 'IDEM_STORE_TIMEOUT', 'IDEM_STORE_BUSY'] as const;
