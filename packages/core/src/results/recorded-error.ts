import { IDEMPOTENCY_ERROR_CODES, IdempotencyError } from '../contract/errors.ts';
import { isError } from '../support/is-error.ts';
import { jsonCodec } from './json-codec.ts';

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
 * JSON can say; anything else that was thrown as it is. The stack and the cause stay here.
 */
export function describeError(thrown: unknown): RecordedError {
  if (!isError(thrown)) return { form: 'thrown', value: thrown };
  const properties: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(thrown)) {
    if (!LEFT_OUT.has(name) && value !== undefined && isSayable(value)) properties[name] = value;
  }
  return { form: 'error', name: String(thrown.name), message: String(thrown.message), properties };
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

function isSayable(value: unknown): boolean {
  try {
    jsonCodec.encode(value, { key: '', kind: 'error' });
    return true;
  } catch {
    return false;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
