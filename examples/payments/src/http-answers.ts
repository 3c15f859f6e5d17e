import { isIdempotencyError } from '@idem/core';

/** What the server answers. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/**
 * The answer to a request that has no result: the statuses are those of
 * draft-ietf-httpapi-idempotency-key-header section 2.7, the bodies problems of RFC 9457.
 */
export function problemFor(error: unknown): HttpAnswer {
  if (isIdempotencyError(error, 'IDEM_IN_PROGRESS')) {
    return problem(409, 'A request with this idempotency key is in progress.', {
      'retry-after': '1',
    });
  }
  if (isIdempotencyError(error, 'IDEM_KEY_REUSED')) {
    return problem(422, 'This idempotency key was used for another payment.');
  }
  if (isIdempotencyError(error, 'IDEM_INVALID_KEY')) {
    return problem(400, 'An Idempotency-Key header of 1 to 1,024 bytes is needed.');
  }
  return problem(503, 'The payment could not be made; try again with the same key.');
}

function problem(status: number, title: string, headers: Record<string, string> = {}): HttpAnswer {
  return {
    status,
    headers: { ...headers, 'content-type': 'application/problem+json' },
    body: { status, title },
  };
}
