import type { IdempotencyErrorCode } from '@idem/core';

/** The codes that the client rejects with. */
export type ClientErrorCode = Extract<
  IdempotencyErrorCode,
  'IDEM_BODY_NOT_REPEATABLE' | 'IDEM_INVALID_KEY' | 'IDEM_INVALID_OPTIONS' | 'IDEM_NO_ANSWER'
>;

export interface ClientErrorDetails {
  readonly cause?: unknown;
  readonly retryable?: boolean;
  readonly key?: string | undefined;
  readonly attempts?: number;
}

/**
 * What the client rejects with; recognise it by `code`, as every error of idem. It is no subclass of
 * core's, which cannot be loaded in a browser.
 */
export class IdempotentFetchError extends Error {
  readonly code: ClientErrorCode;
  /** True when the same request, under the same key, may have an answer later. */
  readonly retryable: boolean;
  /** The idempotency key under which to ask again. */
  declare readonly key?: string;
  /** How often the request was sent: 0 when it was refused before. */
  readonly attempts: number;

  constructor(code: ClientErrorCode, message: string, details: ClientErrorDetails = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined);
    this.name = 'IdempotencyError';
    this.code = code;
    this.retryable = details.retryable ?? false;
    this.attempts = details.attempts ?? 0;
    if (details.key !== undefined) this.key = details.key;
  }
}

/** Throws the error for an argument that is not what it must be. */
export function refuse(code: ClientErrorCode, value: unknown, what: string, name: string): never {
  throw new IdempotentFetchError(code, `The ${name} must be ${what}; it was ${show(value)}.`);
}

/** A value as a message shows it, never more than a line; never throws. */
export function show(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value.length > 64 ? `${value.slice(0, 64)}…` : value);
    case 'number':
    case 'boolean':
    case 'undefined':
      return String(value);
    case 'bigint':
      return `${value}n`;
    case 'object':
      return value === null ? 'null' : `an object (${tagOf(value)})`;
    default:
      return `a ${typeof value}`;
  }
}

/** What kind of object it says it is, also where it comes from another realm: `FormData`. */
export function tagOf(value: object): string {
  try {
    return Object.prototype.toString.call(value).slice(8, -1).replaceAll(/\s/g, ' ').slice(0, 64);
  } catch {
    return 'Object';
  }
}
