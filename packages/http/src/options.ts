import type { Idempotency } from '@idem/core';
import type { FingerprintOptions } from '@idem/fingerprint';
import type { Answer, AnswerHead } from './answer/answer.ts';
import type { Problem, ProblemAnswer } from './problems/problem.ts';

type Eventually<T> = T | Promise<T>;

/** Which answers are recorded: below 500, 2xx only, or all of them, as Stripe does. */
export type RecordPreset = 'below-500' | 'success' | 'stripe';

/** Header fields that are recorded, or not, against the rule. Case is ignored. */
export interface HeaderChoice {
  /** Recorded although the list of those that never are has them. What frames a message cannot be kept. */
  readonly keep?: readonly string[];
  /** Not recorded, beside those that never are. */
  readonly drop?: readonly string[];
}

/** What every binding takes. `Req` is the framework's own request, which the functions are given. */
export interface IdempotentOptions<Req> {
  /** The executor, with its store and its ttl. */
  readonly idempotency: Idempotency;
  /**
   * Whose the request is, such as the id of the account that was authenticated. One principal is
   * never answered with another's record. `'anonymous'` says that all callers share one: then whoever
   * guesses a key gets its answer.
   */
  readonly principal: 'anonymous' | ((request: Req) => Eventually<string>);
  /** Whether a request without a key is refused with 400, or passes unprotected. Default false. */
  readonly required?: boolean | ((request: Req) => Eventually<boolean>);
  /** The methods that are looked at; others pass. Default POST and PATCH. */
  readonly methods?: readonly string[];
  /** True: the request passes unprotected, whatever its key. */
  readonly skip?: (request: Req) => Eventually<boolean>;
  /** The name of the request's header. Default `Idempotency-Key`. */
  readonly header?: string;
  /** Only the standard's form, `"8e03978e"` in quotes, is a key. Default false: the bare form is the same key. */
  readonly strict?: boolean;
  /** How many characters a key may have: 1 to 255. Default 255. */
  readonly maxKeyLength?: number;
  /** Where the key comes from instead of the header: a webhook's id, a field of the body. Undefined: there is none. */
  readonly key?: (request: Req) => Eventually<string | undefined>;
  /** The route that is part of the scope. Default the path, without the query. */
  readonly route?: (request: Req) => string;
  /**
   * What makes two requests the same beside method and target: the whole body unless fields of its
   * JSON are chosen, or the application says it itself. */
  readonly fingerprint?: FingerprintOptions | ((request: Req) => Eventually<string | Uint8Array>);
  /** Bytes of a request's body that are looked at. Default 1 MiB. */
  readonly maxRequestBytes?: number;
  /** What becomes of a larger one: 413, or it passes unprotected. Default `'refuse'`. */
  readonly whenRequestTooLarge?: 'refuse' | 'pass';
  /** Bytes of an answer's body that are kept; of a larger one only its status is. Default 1 MiB, at most 8 MiB. */
  readonly maxResponseBytes?: number;
  /**
   * How long an answer may go on after its first byte, in milliseconds, until it counts as open-ended:
   * it is held back until then. Default 10,000. `text/event-stream` is open-ended at once.
   */
  readonly streamAfter?: number;
  /**
   * Which answers are recorded; the key of another is free again. Default `'below-500'`. A function
   * answers true or false at once; when it throws, the answer is recorded.
   */
  readonly record?: RecordPreset | ((answer: AnswerHead) => boolean);
  /** Changes the copy that is stored, not the first answer. When it throws, only the status is recorded. */
  readonly redact?: (answer: Answer) => Answer;
  /** Which header fields are recorded. */
  readonly headers?: HeaderChoice;
  /** How long a request waits for the one in progress, in milliseconds, before it is refused with 409. Default 0. */
  readonly wait?: number;
  /** The longest wait that a client can ask for with `Prefer: wait=n`, in milliseconds. Default 30,000. */
  readonly maxWait?: number;
  /** How long the answer is remembered, in milliseconds. Default the executor's. */
  readonly ttl?: number;
  /** Milliseconds. Default the executor's. */
  readonly lease?: number;
  /** How long the store may take to claim a key, in milliseconds, before the request is answered with 503. Default 5,000. */
  readonly storeTimeout?: number;
  /** Whether a request is refused with 503 or executed without protection when the store cannot be reached. Default `'reject'`. */
  readonly whenUnreachable?: 'reject' | 'run-unprotected';
  /** Makes the answer to a request that is refused. Default `application/problem+json` (RFC 9457). */
  readonly problem?: (problem: Problem, request: Req) => ProblemAnswer;
  /** The header that says an answer is a replay. Default `Idempotency-Replayed`. */
  readonly replayedHeader?: string;
  /** The header that says an answer was not recorded, or only its status. Default `Idempotency-Recorded`. */
  readonly recordedHeader?: string;
  /** Told of what the request is answered for with a 5xx of the middleware's own, and of what could not be recorded. */
  readonly onError?: (error: unknown, request: Req) => void;
}
