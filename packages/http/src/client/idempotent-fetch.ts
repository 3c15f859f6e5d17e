import { discard } from './answer.ts';
import { attempt, type Outcome } from './attempt.ts';
import { type Config, checkOptions, checkSendOptions } from './config.ts';
import { IdempotentFetchError } from './errors.ts';
import type {
  FetchInit,
  FetchInput,
  FetchResult,
  IdempotentFetch,
  IdempotentFetchOptions,
  Retry,
  SendOptions,
} from './options.ts';
import { type RepeatableRequest, takeDown } from './request.ts';
import { retryAfter } from './retry-after.ts';
import { type ClientRuntime, globalRuntime } from './runtime.ts';
import { pause, within } from './waiting.ts';

/**
 * A `fetch` that sends one request, under one idempotency key, until the server has answered it for good.
 *
 * One call is one intention: it makes a key, or takes yours, and keeps it over all attempts. It asks again
 * after network errors, 408, 409, 425, 429 and 5xx, with a jittered backoff on top of what `Retry-After`
 * asks for; not after a replay, nor after a problem that says `"retryable": false`. Resolves with the last
 * answer, whatever its status, as `fetch` does. Rejects with the reason of the caller's signal, with a
 * `TypeError` as `fetch` does for what no request can be made of, and with:
 * - `IDEM_NO_ANSWER` (`key`, `attempts`): the deadline, or `maxAttempts`, came before an answer did.
 *   Whether the server acted is not known; ask again with that key
 * - `IDEM_BODY_NOT_REPEATABLE`: the body is a stream, which can be sent once only
 * - `IDEM_INVALID_KEY`, `IDEM_INVALID_OPTIONS`
 *
 * It has no dependencies and runs wherever `fetch` does. Throws `IDEM_INVALID_OPTIONS`.
 *
 * @param runtime the clock, timers and chance of a test; the globals unless given
 */
export function idempotentFetch(
  options: IdempotentFetchOptions = {},
  runtime: ClientRuntime = globalRuntime,
): IdempotentFetch {
  const config = checkOptions(options);
  const run = (input: FetchInput, init: FetchInit = {}, own: SendOptions = {}) =>
    askUntilAnswered(config, runtime, input, init, own);
  const send = async (input: FetchInput, init?: FetchInit, own?: SendOptions): Promise<Response> =>
    (await run(input, init, own)).response;
  return Object.assign(send, { run });
}

async function askUntilAnswered(
  config: Config,
  runtime: ClientRuntime,
  input: FetchInput,
  init: FetchInit,
  options: SendOptions,
): Promise<FetchResult> {
  const { deadline, attemptTimeout, maxAttempts } = checkSendOptions(options, config);
  const end = runtime.now() + deadline;
  const request = takeDown(config, runtime, input, init, options);
  const { key, signal } = request;
  await bodyInTime(request, runtime, deadline);
  for (let attempts = 1; ; attempts++) {
    if (signal?.aborted === true) throw signal.reason;
    const limit = Math.min(attemptTimeout, end - runtime.now());
    const outcome = await attempt(config, runtime, request, limit);
    const delay = pauseAfter(outcome, attempts, config, runtime);
    const isOver = attempts >= maxAttempts || runtime.now() + delay >= end;
    if (outcome.kind === 'answered') {
      const { response, replayed, final } = outcome.answer;
      if (final || isOver) return { response, replayed, key, attempts };
    } else if (isOver) {
      throw noAnswer(request, attempts, outcome.error);
    }
    if (outcome.kind === 'answered') discard(outcome.answer.response);
    await config.onRetry?.(retryOf(outcome, { key, attempt: attempts, delay }));
    await pause(runtime, delay, signal);
  }
}

/** The body of a Request may come from a stream that never ends. */
async function bodyInTime(
  request: RepeatableRequest,
  runtime: ClientRuntime,
  deadline: number,
): Promise<void> {
  try {
    await within(runtime, deadline, request.signal, () => request.ready);
  } catch (error) {
    const isLate = error instanceof DOMException && error.name === 'TimeoutError';
    throw isLate && request.signal?.aborted !== true ? noAnswer(request, 0, error) : error;
  }
}

/** Milliseconds: what the server asked for, and a random part of a span that doubles each time. */
function pauseAfter(
  outcome: Outcome,
  failures: number,
  { minDelay, maxDelay }: Config,
  runtime: ClientRuntime,
): number {
  const whole = Math.min(maxDelay, minDelay * 2 ** Math.min(failures - 1, 30));
  const own = Math.max(1, Math.round(whole * (0.5 + runtime.random() / 2)));
  if (outcome.kind === 'failed') return own;
  return own + retryAfter(outcome.answer.response.headers, runtime.date());
}

function retryOf(outcome: Outcome, what: Pick<Retry, 'key' | 'attempt' | 'delay'>): Retry {
  if (outcome.kind === 'failed') return { ...what, reason: 'error', error: outcome.error };
  return { ...what, reason: 'answer', status: outcome.answer.response.status };
}

function noAnswer(
  { name, key }: RepeatableRequest,
  attempts: number,
  cause: unknown,
): IdempotentFetchError {
  const why = cause instanceof Error ? ` (${cause.message})` : '';
  const known =
    attempts === 0
      ? `${name} was not sent: its body was not there in time${why}.`
      : `${name} was sent ${attempts === 1 ? 'once' : `${attempts} times`} and got no answer${why}. ` +
        'Whether the server acted is not known.';
  const remedy =
    key === undefined ? '' : ` Ask again with the idempotency key ${JSON.stringify(key)}.`;
  const message = known + remedy;
  return new IdempotentFetchError('IDEM_NO_ANSWER', message, {
    cause,
    key,
    attempts,
    retryable: true,
  });
}
