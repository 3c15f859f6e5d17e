import { isError } from '../support/is-error.ts';
import { readProperty } from '../support/untrusted.ts';

/** Every code an idem package can reject with. A code never changes its meaning. */
export const IDEMPOTENCY_ERROR_CODES = [
  // Arguments: refused before anything is sent.
  'IDEM_INVALID_KEY',
  'IDEM_INVALID_VALUE',
  'IDEM_INVALID_TTL',
  'IDEM_INVALID_LEASE',
  'IDEM_INVALID_TOKEN',
  'IDEM_INVALID_FINGERPRINT',
  'IDEM_INVALID_OPTIONS',
  // The store.
  'IDEM_STORE_CLOSED',
  'IDEM_STORE_FULL',
  'IDEM_STORE_UNAVAILABLE',
  'IDEM_STORE_TIMEOUT',
  'IDEM_STORE_BUSY',
  'IDEM_STORE_FAILED',
  'IDEM_SCHEMA_MISSING',
  'IDEM_NOT_REPLICATED',
  'IDEM_RECORD_CORRUPT',
  // Opening a store from a URL.
  'IDEM_UNKNOWN_SCHEME',
  'IDEM_ADAPTER_MISSING',
  // The executor.
  'IDEM_IN_PROGRESS',
  'IDEM_KEY_REUSED',
  'IDEM_LEASE_LOST',
  'IDEM_NOT_RECORDED',
  'IDEM_RESULT_UNENCODABLE',
  'IDEM_RESULT_UNDECODABLE',
  'IDEM_TTL_TOO_SHORT',
  // The HTTP client.
  'IDEM_BODY_NOT_REPEATABLE',
  'IDEM_NO_ANSWER',
] as const;

export type IdempotencyErrorCode = (typeof IDEMPOTENCY_ERROR_CODES)[number];

/** What errors of some codes carry besides. */
export interface IdempotencyErrorDetails {
  readonly IDEM_IN_PROGRESS: {
    /** Whole milliseconds, at least 1, until the holder's lease ends unless it is renewed. */
    readonly leaseRemaining: number;
  };
  readonly IDEM_NOT_RECORDED: {
    /** What the function returned, in the form in which it would have been replayed. */
    readonly value: unknown;
  };
  readonly IDEM_RESULT_UNENCODABLE: {
    /**
     * What the function returned, as it was, for the call that executed it. The others, who get the
     * recorded refusal, have no such field. Not enumerable: it may be large, or a secret.
     */
    readonly value?: unknown;
    /** As `value`, where the function threw what `recordErrors` chose to record. */
    readonly thrown?: unknown;
  };
}

/** The error of one code, with what it carries. */
export type IdempotencyErrorOf<Code extends IdempotencyErrorCode> = IdempotencyError & {
  readonly code: Code;
} & (Code extends keyof IdempotencyErrorDetails ? IdempotencyErrorDetails[Code] : unknown);

export interface IdempotencyErrorOptions {
  readonly cause?: unknown;
  /** True when the same call may succeed later without anybody changing anything. Default false. */
  readonly retryable?: boolean;
  /** The key of the record that it is about, scope included. */
  readonly key?: string | undefined;
}

/**
 * What every idem package rejects with. Recognise it by `code`, or with `isIdempotencyError`: two
 * copies of this class in one dependency tree do no harm then.
 */
export class IdempotencyError extends Error {
  readonly code: IdempotencyErrorCode;
  /** True when the same call may succeed later without anybody changing anything. */
  readonly retryable: boolean;
  /** The key of the record that it is about, scope included. Every error of the executor has it. */
  declare readonly key?: string;

  constructor(code: IdempotencyErrorCode, message: string, options: IdempotencyErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'IdempotencyError';
    this.code = code;
    this.retryable = options.retryable ?? false;
    if (options.key !== undefined) this.key = options.key;
  }
}

/**
 * True for an idem error, from whichever copy of the library; with `code`, only for that one, whose
 * details are then typed: `isIdempotencyError(error, 'IDEM_IN_PROGRESS') && error.leaseRemaining`.
 * Never throws, whatever it is given.
 */
export function isIdempotencyError<Code extends IdempotencyErrorCode = IdempotencyErrorCode>(
  error: unknown,
  code?: Code,
): error is IdempotencyErrorOf<Code> {
  if (!isError(error)) return false;
  const own = readProperty(error, 'code');
  return typeof own === 'string' && own.startsWith('IDEM_') && (code === undefined || own === code);
}
