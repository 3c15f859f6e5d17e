import { show } from '../support/show.ts';
import { IdempotencyError, type IdempotencyErrorCode } from './errors.ts';
import {
  MAX_DURATION,
  MAX_FINGERPRINT_LENGTH,
  MAX_KEY_BYTES,
  MAX_TOKEN_LENGTH,
  MAX_VALUE_BYTES,
  MIN_TOKEN_LENGTH,
} from './limits.ts';
import type { ClaimRequest, OperationOptions } from './store.ts';

// What must not occur is found in half the time that it takes to match what may.
const NO_TOKEN = /[^A-Za-z0-9_-]/;
const NO_FINGERPRINT = /[^\x21-\x7e]/;

const encoder = new TextEncoder();
const scratch = new Uint8Array(MAX_KEY_BYTES);

/** Refuses, with `IDEM_INVALID_KEY`, what is not 1 to 1,024 bytes of well-formed Unicode. */
export function checkKey(key: unknown): asserts key is string {
  if (typeof key !== 'string') refuse('IDEM_INVALID_KEY', key, 'a string', 'key');
  if (key === '') refuse('IDEM_INVALID_KEY', key, '1 to 1,024 bytes long', 'key');
  if (!key.isWellFormed()) {
    refuse('IDEM_INVALID_KEY', key, 'well-formed Unicode, without lone surrogates', 'key');
  }
  // A UTF-16 unit takes three bytes at most, so short keys need no count.
  if (key.length * 3 > MAX_KEY_BYTES && encoder.encodeInto(key, scratch).read < key.length) {
    refuse('IDEM_INVALID_KEY', key, '1 to 1,024 bytes long; hash what is longer', 'key');
  }
}

/** Refuses, with `IDEM_INVALID_VALUE`, what is not a Uint8Array of 0 bytes to 16 MiB. */
export function checkValue(value: unknown): asserts value is Uint8Array {
  if (!(value instanceof Uint8Array)) refuse('IDEM_INVALID_VALUE', value, 'a Uint8Array', 'value');
  if (value.byteLength > MAX_VALUE_BYTES) {
    const what = 'at most 16 MiB (16,777,216 bytes); store a reference to what is larger';
    refuse('IDEM_INVALID_VALUE', value, what, 'value');
  }
}

/** Refuses, with `IDEM_INVALID_TTL`, what is not whole milliseconds from 1 to ten years. */
export function checkTtl(ttl: unknown): asserts ttl is number {
  checkDuration(ttl, 'IDEM_INVALID_TTL', 'ttl');
}

/** Refuses, with `IDEM_INVALID_LEASE`, what is not whole milliseconds from 1 to ten years. */
export function checkLease(lease: unknown): asserts lease is number {
  checkDuration(lease, 'IDEM_INVALID_LEASE', 'lease');
}

/** Refuses, with `IDEM_INVALID_TOKEN`, what is not 22 to 128 characters of base64url. */
export function checkToken(token: unknown): asserts token is string {
  if (
    typeof token !== 'string' ||
    token.length < MIN_TOKEN_LENGTH ||
    token.length > MAX_TOKEN_LENGTH ||
    NO_TOKEN.test(token)
  ) {
    const what = `${MIN_TOKEN_LENGTH} to ${MAX_TOKEN_LENGTH} characters of A-Z a-z 0-9 _ -, made from 128 random bits or more (createToken() makes one)`;
    refuse('IDEM_INVALID_TOKEN', token, what, 'token');
  }
}

/** Refuses, with `IDEM_INVALID_FINGERPRINT`, what is not 1 to 256 visible ASCII characters. */
export function checkFingerprint(fingerprint: unknown): asserts fingerprint is string {
  if (
    typeof fingerprint !== 'string' ||
    fingerprint === '' ||
    fingerprint.length > MAX_FINGERPRINT_LENGTH ||
    NO_FINGERPRINT.test(fingerprint)
  ) {
    const what = `1 to ${MAX_FINGERPRINT_LENGTH} visible ASCII characters, such as a hash in hex or base64`;
    refuse('IDEM_INVALID_FINGERPRINT', fingerprint, what, 'fingerprint');
  }
}

/** Refuses a claim request whose token, lease or fingerprint is bad, by the code of the first that is. */
export function checkClaimRequest(request: unknown): asserts request is ClaimRequest {
  if (typeof request !== 'object' || request === null) {
    refuse(
      'IDEM_INVALID_OPTIONS',
      request,
      'an object { token, lease, fingerprint? }',
      'claim request',
    );
  }
  checkToken('token' in request ? request.token : undefined);
  checkLease('lease' in request ? request.lease : undefined);
  if ('fingerprint' in request && request.fingerprint !== undefined) {
    checkFingerprint(request.fingerprint);
  }
}

/** Refuses, with `IDEM_INVALID_OPTIONS`, operation options that are no object or carry no AbortSignal. */
export function checkOperationOptions(
  options: unknown,
): asserts options is OperationOptions | undefined {
  if (options === undefined) return;
  if (typeof options !== 'object' || options === null) {
    refuse('IDEM_INVALID_OPTIONS', options, 'an object { signal? }', 'options');
  }
  if (
    'signal' in options &&
    options.signal !== undefined &&
    !(options.signal instanceof AbortSignal)
  ) {
    refuse('IDEM_INVALID_OPTIONS', options.signal, 'an AbortSignal', 'options.signal');
  }
}

function checkDuration(
  duration: unknown,
  code: 'IDEM_INVALID_TTL' | 'IDEM_INVALID_LEASE',
  name: string,
): void {
  if (!Number.isSafeInteger(duration) || Number(duration) < 1 || Number(duration) > MAX_DURATION) {
    refuse(
      code,
      duration,
      'a whole number of milliseconds, from 1 to ten years (315,576,000,000)',
      name,
    );
  }
}

/** Throws the error for an argument that is not what it must be. */
export function refuse(
  code: IdempotencyErrorCode,
  value: unknown,
  what: string,
  name: string,
): never {
  throw new IdempotencyError(code, `The ${name} must be ${what}; it was ${show(value)}.`);
}
