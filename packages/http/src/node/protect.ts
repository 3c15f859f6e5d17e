import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RunContext } from '@idem/core';
import type { Reply } from '../answer/reply.ts';
import { idempotencyOf, remember } from '../context.ts';
import type { Admission, Admitted } from '../guard/admission.ts';
import type { Answering, Guard, Host, Mark, Verdict } from '../guard/guard.ts';
import type { Exchange } from '../request/exchange.ts';
import type { HeadersBefore } from './head.ts';
import { Hold } from './hold.ts';
import { send } from './send.ts';

/** How a framework is answered and gone on in. */
export interface Steps {
  /** Goes on to the handler. Called once, unless the request is answered instead. */
  proceed(): void;
  /** Answers with what was recorded, or with a problem. */
  reply(reply: Reply): void;
  /** Goes on to the framework's own error handling: what the application's functions threw. */
  fail(error: unknown): void;
  /** What earlier middlewares had set, where the response does not know. */
  headersBefore?(): HeadersBefore;
}

/** Protects one request of a framework on Node. Never throws: what goes wrong is the framework's to answer. */
export function protect<Req>(
  guard: Guard<Req>,
  exchange: Exchange<Req>,
  req: IncomingMessage,
  res: ServerResponse,
  steps: Steps,
): void {
  new Protection(guard, exchange, req, res, steps).begin();
}

/** One request on its way through the middleware. */
class Protection<Req> implements Host {
  readonly #guard: Guard<Req>;
  readonly #exchange: Exchange<Req>;
  readonly #req: IncomingMessage;
  readonly #res: ServerResponse;
  readonly #steps: Steps;
  #hold: Hold | undefined;
  /** Stops waiting for another execution when the client leaves. */
  #leave: (() => void) | undefined;

  constructor(
    guard: Guard<Req>,
    exchange: Exchange<Req>,
    req: IncomingMessage,
    res: ServerResponse,
    steps: Steps,
  ) {
    this.#guard = guard;
    this.#exchange = exchange;
    this.#req = req;
    this.#res = res;
    this.#steps = steps;
  }

  begin(): void {
    try {
      // Whoever protects it already records what is answered here.
      const isProtected = idempotencyOf(this.#req) !== undefined;
      const admission = isProtected ? PASS : this.#guard.admit(this.#exchange);
      if (admission instanceof Promise) {
        const fail = (error: unknown): void => this.#steps.fail(error);
        admission.then((late) => this.#goOn(late)).catch(fail);
      } else {
        this.#goOn(admission);
      }
    } catch (error) {
      this.#steps.fail(error);
    }
  }

  #goOn(admission: Admission): void {
    switch (admission.kind) {
      case 'pass':
        this.#steps.proceed();
        return;
      case 'gone':
        return;
      case 'refused':
        this.#steps.reply(this.#guard.refusal(admission, this.#exchange.request));
        return;
      case 'admitted':
        if (this.#req.httpVersionMajor > 1) throw new Error(HTTP2);
        this.#run(admission);
    }
  }

  #run(admitted: Admitted): void {
    const { request } = this.#exchange;
    let signal: AbortSignal | undefined;
    if (admitted.wait > 0) {
      const waiting = new AbortController();
      ({ signal } = waiting);
      this.#leave = () => waiting.abort();
      this.#res.once('close', this.#leave);
    }
    this.#guard.run(admitted, request, this, signal);
  }

  execute(context: RunContext, answering: Answering): void {
    if (this.#leave !== undefined) this.#res.off('close', this.#leave);
    remember(this.#req, context);
    const { policy } = this.#guard;
    const before = this.#steps.headersBefore?.();
    this.#hold = new Hold(this.#req, this.#res, policy.limits, answering, before);
    this.#steps.proceed();
  }

  decided(verdict: Verdict): void {
    try {
      this.#follow(verdict);
    } catch (error) {
      this.#steps.fail(error);
    }
  }

  #follow(verdict: Verdict): void {
    const { policy } = this.#guard;
    switch (verdict.kind) {
      case 'own':
        this.#hold?.letGo(markOf(policy.recordedHeader, verdict.mark));
        return;
      case 'replay':
      case 'problem':
        this.#answer(verdict);
        return;
      case 'unprotected':
        this.#res.setHeader(policy.recordedHeader, 'no');
        this.#steps.proceed();
        return;
      case 'threw':
        if (this.#hold === undefined) throw verdict.error;
        return;
      case 'gone':
        return;
    }
  }

  #answer(verdict: Extract<Verdict, { kind: 'replay' | 'problem' }>): void {
    const { request } = this.#exchange;
    if (this.#hold === undefined) {
      this.#steps.reply(this.#guard.replyOf(verdict, request));
      return;
    }
    const reply = this.#guard.replyInAnyCase(verdict, request);
    this.#hold.supersede((response) => send(response, reply));
  }
}

const PASS: Admission = Object.freeze({ kind: 'pass' });

const HTTP2 =
  'The idempotency middleware holds answers of HTTP/1.1 back, not those of HTTP/2. Let what stands in front ' +
  'of this server speak HTTP/2, or use the Fetch binding.';

function markOf(name: string, mark: Mark): readonly [string, string] | undefined {
  return mark === undefined ? undefined : [name, mark];
}
