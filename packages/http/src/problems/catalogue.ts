import type { Problem, ProblemName } from './problem.ts';

const DOCS = 'https://github.com/idem-ts/idem/blob/main/docs/http.md';

interface Entry {
  readonly status: number;
  readonly title: string;
  readonly retryable: boolean;
}

const ENTRIES: Readonly<Record<ProblemName, Entry>> = {
  'key-missing': { status: 400, title: 'Idempotency-Key is missing', retryable: false },
  'key-invalid': { status: 400, title: 'Idempotency-Key is invalid', retryable: false },
  'fingerprint-invalid': {
    status: 400,
    title: 'The body cannot be compared with that of a retry',
    retryable: false,
  },
  'request-too-large': { status: 413, title: 'The request is too large', retryable: false },
  'in-progress': {
    status: 409,
    title: 'A request is outstanding for this Idempotency-Key',
    retryable: true,
  },
  'key-reused': { status: 422, title: 'Idempotency-Key is already used', retryable: false },
  'answer-not-kept': {
    status: 410,
    title: 'The request was executed, and its answer was not kept',
    retryable: false,
  },
  'store-unavailable': {
    status: 503,
    title: 'Idempotency-Keys cannot be looked up at the moment',
    retryable: true,
  },
  'execution-lost': {
    status: 503,
    title: 'The execution of this request was overtaken, or took too long',
    retryable: true,
  },
  'handler-failed': { status: 500, title: 'The request could not be executed', retryable: true },
  'record-unreadable': {
    status: 500,
    title: 'What is recorded under this Idempotency-Key cannot be read',
    retryable: false,
  },
  'body-not-read': {
    status: 500,
    title: 'The server has not read the body of this request',
    retryable: false,
  },
};

/** What a problem says beside its name. */
export interface ProblemDetails {
  readonly detail: string;
  /** The path of the request. */
  readonly instance: string;
  readonly retryAfter?: number;
  readonly outcome?: { readonly status: number };
}

export function problemOf(name: ProblemName, details: ProblemDetails): Problem {
  return { name, type: `${DOCS}#${name}`, ...ENTRIES[name], ...details };
}

/** Whole seconds, rounded up: a client that comes sooner is refused again. */
export function seconds(milliseconds: number): number {
  return Math.max(1, Math.ceil(milliseconds / 1_000));
}
