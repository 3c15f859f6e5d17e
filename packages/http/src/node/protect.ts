import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Reply } from '../answer/reply.ts';
import { idempotencyOf, remember } from '../context.ts';
import type { Guard, Mark } from '../guard/guard.ts';
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

/** Protects one request of a framework on Node. Never rejects: what goes wrong is the framework's to answer. */
export function protect<Req>(
  guard: Guard<Req>,
  exchange: Exchange<Req>,
  req: IncomingMessage,
  res: ServerResponse,
  steps: Steps,
): Promise<void> {
  return protecting(guard, exchange, req, res, steps).catch((error) => steps.fail(error));
}

async function protecting<Req>(
  guard: Guard<Req>,
  exchange: Exchange<Req>,
  req: IncomingMessage,
  res: ServerResponse,
  steps: Steps,
): Promise<void> {
  const { request } = exchange;
  // Whoever protects it already records what is answered here.
  if (idempotencyOf(req) !== undefined) return steps.proceed();
  const admission = await guard.admit(exchange);
  if (admission.kind === 'pass') return steps.proceed();
  if (admission.kind === 'gone') return;
  if (admission.kind === 'refused') return steps.reply(guard.refusal(admission, request));
  if (req.httpVersionMajor > 1) throw new Error(HTTP2);
  const { policy } = guard;
  let hold: Hold | undefined;
  const waiting = admission.wait > 0 ? new AbortController() : undefined;
  const leave = (): void => waiting?.abort();
  if (waiting !== undefined) res.once('close', leave);
  const verdict = await guard.run(
    admission,
    request,
    (context) => {
      if (waiting !== undefined) res.off('close', leave);
      remember(req, context);
      const limits = { maxBytes: policy.maxResponseBytes, streamAfter: policy.streamAfter };
      hold = new Hold(req, res, limits, steps.headersBefore?.());
      steps.proceed();
      const { before } = hold;
      return hold.answer.captured.then((captured) => ({ ...captured, before }));
    },
    waiting?.signal,
  );
  switch (verdict.kind) {
    case 'own':
      hold?.letGo(markOf(policy.recordedHeader, verdict.mark));
      return;
    case 'replay':
    case 'problem': {
      if (hold === undefined) return steps.reply(guard.replyOf(verdict, request));
      const reply = guard.replyInAnyCase(verdict, request);
      hold.supersede((response) => send(response, reply));
      return;
    }
    case 'unprotected':
      res.setHeader(policy.recordedHeader, 'no');
      return steps.proceed();
    case 'threw':
      if (hold === undefined) throw verdict.error;
      return;
    case 'gone':
      return;
  }
}

const HTTP2 =
  'The idempotency middleware holds answers of HTTP/1.1 back, not those of HTTP/2. Let what stands in front ' +
  'of this server speak HTTP/2, or use the Fetch binding.';

function markOf(name: string, mark: Mark): readonly [string, string] | undefined {
  return mark === undefined ? undefined : [name, mark];
}
