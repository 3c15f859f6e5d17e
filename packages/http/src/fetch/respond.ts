import type { RunContext } from '@idem/core';
import type { Captured } from '../answer/answer.ts';
import type { Reply } from '../answer/reply.ts';
import { idempotencyOf, remember } from '../context.ts';
import type { Guard, Host, Verdict } from '../guard/guard.ts';
import { type Capture, capture } from './capture.ts';
import { FetchExchange } from './exchange.ts';

/** Calls the handler. */
export type Proceed = () => Response | Promise<Response>;

/** Answers one Request. Rejects with what the handler, or a function of the options, threw. */
export async function respond(
  guard: Guard<Request>,
  request: Request,
  proceed: Proceed,
): Promise<Response> {
  // Whoever protects it already records what is answered here.
  if (idempotencyOf(request) !== undefined) return proceed();
  const admission = await guard.admit(new FetchExchange(request));
  if (admission.kind === 'pass') return proceed();
  if (admission.kind === 'gone') throw request.signal.reason;
  if (admission.kind === 'refused') return responseOf(guard.refusal(admission, request));
  const { policy } = guard;
  let captured: Capture | undefined;
  let isExecuting = false;
  const waiting = admission.wait > 0 ? new AbortController() : undefined;
  const leave = (): void => {
    if (!isExecuting) waiting?.abort(request.signal.reason);
  };
  if (waiting !== undefined) request.signal.addEventListener('abort', leave, { once: true });
  const execute = async (context: RunContext): Promise<Captured> => {
    isExecuting = true;
    remember(request, context);
    captured = await capture(await proceed(), policy.limits);
    return captured.captured;
  };
  const verdict = await new Promise<Verdict>((decided) => {
    const host: Host = {
      execute(context, answering) {
        execute(context).then(
          (answer) => answering.captured(answer),
          (error) => answering.broke(error),
        );
      },
      decided,
    };
    guard.run(admission, request, host, waiting?.signal);
  });
  if (waiting !== undefined) request.signal.removeEventListener('abort', leave);
  switch (verdict.kind) {
    case 'own': {
      const { mark } = verdict;
      if (captured === undefined) throw new Error('An answer that was recorded was not captured.');
      return captured.respond(mark === undefined ? undefined : [policy.recordedHeader, mark]);
    }
    case 'replay':
    case 'problem':
      return responseOf(guard.replyOf(verdict, request));
    case 'unprotected': {
      const response = await proceed();
      const headers = new Headers(response.headers);
      headers.set(policy.recordedHeader, 'no');
      const { status, statusText, body } = response;
      return new Response(body, { status, statusText, headers });
    }
    case 'threw':
      throw verdict.error;
    case 'gone':
      throw request.signal.reason;
  }
}

/** These may have no body (Fetch standard, "null body status"). */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

function responseOf({ status, statusText, headers: fields, body: given }: Reply): Response {
  const headers = new Headers();
  for (const [name, value] of fields) {
    for (const one of typeof value === 'string' ? [value] : value) headers.append(name, one);
  }
  // Given text, it would add a content type that was not recorded.
  const bytes = Buffer.from(typeof given === 'string' ? new TextEncoder().encode(given) : given);
  const body = BODILESS.has(status) || bytes.length === 0 ? null : bytes;
  return new Response(body, {
    status,
    headers,
    ...(statusText === undefined ? {} : { statusText }),
  });
}
