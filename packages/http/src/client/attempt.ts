import { type Answer, discard, readAnswer } from './answer.ts';
import type { Config } from './config.ts';
import { refuse } from './errors.ts';
import type { RepeatableRequest } from './request.ts';
import type { ClientRuntime } from './runtime.ts';
import { untilAborted, within } from './waiting.ts';

/** What became of one attempt. */
export type Outcome =
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'failed'; readonly error: unknown };

/**
 * Sends the request once, and waits for the answer up to `limit` milliseconds. Rejects only with the reason
 * of the caller's signal, and when the caller's `fetch` answers no Response.
 */
export async function attempt(
  config: Config,
  runtime: ClientRuntime,
  request: RepeatableRequest,
  limit: number,
): Promise<Outcome> {
  try {
    const answer = await within(runtime, limit, request.signal, async (signal) => {
      const sent = request.send(signal);
      try {
        const response = await untilAborted(signal, sent);
        checkResponse(response);
        return await readAnswer(response, config);
      } catch (error) {
        // A fetch that does not mind its signal may still answer.
        sent.then(discard).catch(() => {});
        throw error;
      }
    });
    return { kind: 'answered', answer };
  } catch (error) {
    if (request.signal?.aborted === true || isRefusal(error)) throw error;
    return { kind: 'failed', error };
  }
}

function checkResponse(response: unknown): asserts response is Response {
  const isOne =
    typeof response === 'object' &&
    response !== null &&
    'headers' in response &&
    'clone' in response;
  if (!isOne) refuse('IDEM_INVALID_OPTIONS', response, 'one that answers a Response', 'fetch');
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'IDEM_INVALID_OPTIONS';
}
