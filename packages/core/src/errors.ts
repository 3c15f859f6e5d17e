/** Every code an idem package can reject with. A code never changes its meaning. */
export type IdempotencyErrorCode =
  // Arguments: refused before anything is sent.
  | 'IDEM_INVALID_KEY'
  | 'IDEM_INVALID_VALUE'
  | 'IDEM_INVALID_TTL'
  | 'IDEM_INVALID_LEASE'
  | 'IDEM_INVALID_TOKEN'
  | 'IDEM_INVALID_FINGERPRINT'
  | 'IDEM_INVALID_OPTIONS'
  // The store.
  | 'IDEM_STORE_CLOSED'
  | 'IDEM_STORE_FULL'
  | 'IDEM_STORE_UNAVAILABLE'
  | 'IDEM_STORE_TIMEOUT'
  | 'IDEM_STORE_BUSY'
  | 'IDEM_STORE_FAILED'
  | 'IDEM_STORE_UNSUPPORTED'
  | 'IDEM_SCHEMA_MISSING'
  | 'IDEM_NOT_REPLICATED'
  | 'IDEM_RECORD_CORRUPT'
  // Opening a store from a URL.
  | 'IDEM_UNKNOWN_SCHEME'
  | 'IDEM_ADAPTER_MISSING'
  // The executor.
  | 'IDEM_IN_PROGRESS'
  | 'IDEM_KEY_REUSED'
  | 'IDEM_LEASE_LOST'
  | 'IDEM_NOT_RECORDED'
  | 'IDEM_RESULT_UNENCODABLE'
  | 'IDEM_RESULT_UNDECODABLE'
  | 'IDEM_TTL_TOO_SHORT';

export interface IdempotencyErrorOptions {
  readonly cause?: unknown;
  /** True when the same call may succeed later without anybody changing anything. Default false. */
  readonly retryable?: boolean;
}

/**
 * What every idem package rejects with. Recognise it by `code`, or with `isIdempotencyError`: two
 * copies of this class in one dependency tree do no harm then.
 */
export class IdempotencyError extends Error {
  readonly code: IdempotencyErrorCode;
  /** True when the same call may succeed later without anybody changing anything. */
  readonly retryable: boolean;

  constructor(code: IdempotencyErrorCode, message: string, options: IdempotencyErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'IdempotencyError';
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}

/** True for an idem error, from whichever copy of the library; with `code`, only for that one. */
export function isIdempotencyError<Code extends IdempotencyErrorCode = IdempotencyErrorCode>(
  error: unknown,
  code?: Code,
): error is IdempotencyError & { readonly code: Code } {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    error.code.startsWith('IDEM_') &&
    (code === undefined || error.code === code)
  );
}
