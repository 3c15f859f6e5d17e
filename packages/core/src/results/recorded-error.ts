import {
  IDEMPOTENCY_ERROR_CODES,
  IdempotencyError,
  isIdempotencyError,
} from '../contract/errors.ts';
import { isError } from '../support/is-error.ts';
import { fieldNames, readProperty, textOf } from '../support/untrusted.ts';
import { plainCopy } from './plain.ts';

/** How an error is recorded: a plain object that JSON can say. */
export type RecordedError =
  | {
      readonly form: 'error';
      readonly name: string;
      readonly message: string;
      readonly properties: Readonly<Record<string, unknown>>;
    }
  | { readonly form: 'thrown'; readonly value: unknown };

/** Never copied: set by the Error itself, or able to change what an object is. */
const LEFT_OUT = new Set(['name', 'message', 'stack', 'cause', '__proto__', 'constructor']);

/**
 * An error as it is recorded: its name, its message and those of its own enumerable properties that
 * JSON can say, as JSON says them; anything else that was thrown as it is. The stack and the cause
 * stay here. Never throws: what cannot be read is not there.
 */
export function describeError(thrown: unknown): RecordedError {
  if (!isError(thrown)) return { form: 'thrown', value: thrown };
  const properties: Record<string, unknown> = {};
  for (const field of fieldNames(thrown)) {
    if (LEFT_OUT.has(field)) continue;
    const said = sayable(readProperty(thrown, field));
    if (said !== undefined) properties[field] = said;
  }
  const name = textOf(readProperty(thrown, 'name'), 'Error');
  const message = textOf(readProperty(thrown, 'message'), '');
  return { form: 'error', name, message, properties };
}

/**
 * The first caller's error has the form of a replay, and still says where it was thrown; a refusal of
 * ours still has the result that it refuses. None of that is in the record.
 */
export function keepUnrecorded(thrown: unknown, revived: unknown): void {
  if (!isError(thrown) || !isError(revived)) return;
  const stack = readProperty(thrown, 'stack');
  if (typeof stack === 'string') defineHidden(revived, 'stack', stack);
  if (!isIdempotencyError(thrown, 'IDEM_RESULT_UNENCODABLE')) return;
  for (const field of ['value', 'thrown', 'cause'] as const) {
    if (field in thrown) defineHidden(revived, field, thrown[field]);
  }
}

/** What is thrown for a recorded error, or undefined when the record does not describe one. */
export function reviveError(recorded: unknown): { readonly thrown: unknown } | undefined {
  if (!isObject(recorded)) return undefined;
  const { form, name, message, properties, value } = recorded;
  if (form === 'thrown') return { thrown: value };
  if (form !== 'error' || typeof name !== 'string' || typeof message !== 'string') return undefined;
  if (!isObject(properties)) return undefined;
  return { thrown: revive(name, message, properties) };
}

function revive(
  name: string,
  message: string,
  properties: Readonly<Record<string, unknown>>,
): Error {
  const { code: recordedCode, retryable } = properties;
  const code = IDEMPOTENCY_ERROR_CODES.find((known) => known === recordedCode);
  const error =
    code === undefined || name !== 'IdempotencyError'
      ? new Error(message)
      : new IdempotencyError(code, message, { retryable: retryable === true });
  define(error, 'name', name, false);
  for (const [property, value] of Object.entries(properties)) {
    if (!LEFT_OUT.has(property)) define(error, property, value, true);
  }
  return error;
}

/** Defined, not assigned: no setter of a prototype is ever called with what a record says. */
function define(error: Error, property: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(error, property, { value, enumerable, writable: true, configurable: true });
}

/** What JSON makes of a property, or undefined when it would lose something of it. */
function sayable(value: unknown): unknown {
  try {
    return plainCopy(value, 'error');
  } catch {
    return undefined;
  }
}

/** A codec may have made the error what nothing can be defined on; then it stays as it is. */
function defineHidden(error: Error, property: string, value: unknown): void {
  Reflect.defineProperty(error, property, {
    value,
    enumerable: false,
    writable: true,
    configurable: true,
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
