/** What a request was refused for: the last part of the problem's type. */
export type ProblemName =
  | 'key-missing'
  | 'key-invalid'
  | 'fingerprint-invalid'
  | 'request-too-large'
  | 'in-progress'
  | 'key-reused'
  | 'answer-not-kept'
  | 'store-unavailable'
  | 'execution-lost'
  | 'handler-failed'
  | 'record-unreadable'
  | 'body-not-read';

/** A problem of RFC 9457. */
export interface Problem {
  readonly name: ProblemName;
  /** A link to what it means and what to do. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** The path of the request. */
  readonly instance: string;
  /** Whether the same request, with the same key, may succeed later. */
  readonly retryable: boolean;
  /** Whole seconds until then, where that is known: sent as `Retry-After`. */
  readonly retryAfter?: number;
  /** What became of the first request, where only that is known. */
  readonly outcome?: { readonly status: number };
}

/** The answer to a request that is refused. */
export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/**
 * The problem as `application/problem+json`, with the link to its documentation in the body and as
 * `Link` (draft-ietf-httpapi-idempotency-key-header-07, section 2.7).
 */
export function problemJson(problem: Problem): ProblemAnswer {
  const { type, title, status, detail, instance, retryable, retryAfter, outcome } = problem;
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      'content-language': 'en',
      link: `<${type}>; rel="describedby"; type="text/html"`,
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
    },
    body: JSON.stringify({
      ...{ type, title, status, detail, instance, retryable },
      ...(outcome === undefined ? {} : { outcome }),
    }),
  };
}
