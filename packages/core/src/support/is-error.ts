import { types } from 'node:util';

/**
 * True for an Error, also one of another realm, such as Node's own errors inside a test runner's.
 * Never throws: a revoked proxy is none.
 */
export function isError(value: unknown): value is Error {
  if (types.isNativeError(value)) return true;
  try {
    return value instanceof Error;
  } catch {
    return false;
  }
}
