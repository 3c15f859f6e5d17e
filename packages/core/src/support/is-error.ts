import { types } from 'node:util';

/** True for an Error, also one of another realm, such as Node's own errors inside a test runner's. */
export function isError(value: unknown): value is Error {
  return value instanceof Error || types.isNativeError(value);
}
