import { type ClaimResult, type IdempotencyStore, isIdempotencyError } from '@idem/core';
import type { Answer, Operation } from './operation.ts';

/** What the labels of a sequence stand for in one run. */
export interface Names {
  key(label: string): string;
  token(label: string): string;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Performs the operation on a real store. A rejection is an answer too. */
export async function perform(
  store: IdempotencyStore,
  operation: Operation,
  names: Names,
  signal?: AbortSignal,
): Promise<Answer> {
  try {
    return await send(store, operation, names, { signal });
  } catch (error) {
    return {
      kind: 'rejected',
      reason: reasonOf(error),
      retryable: isIdempotencyError(error) && error.retryable,
    };
  }
}

/** With what the driver said: a store may not know what that means. */
function reasonOf(error: unknown): string {
  if (!isIdempotencyError(error)) return String(error);
  const { code, message, cause } = error;
  return `${code}: ${message}${cause === undefined ? '' : ` (${String(cause)})`}`;
}

async function send(
  store: IdempotencyStore,
  operation: Operation,
  names: Names,
  options: { readonly signal: AbortSignal | undefined },
): Promise<Answer> {
  const key = names.key(operation.key);
  switch (operation.name) {
    case 'find': {
      const value = await store.find(key, options);
      return { kind: 'value', value: value === null ? null : decoder.decode(value) };
    }
    case 'exists':
      return { kind: 'boolean', value: await store.exists(key, options) };
    case 'store':
      await store.store(key, encoder.encode(operation.value), operation.ttl, options);
      return { kind: 'done' };
    case 'remove':
      await store.remove(key, options);
      return { kind: 'done' };
    case 'claim': {
      const { lease, fingerprint } = operation;
      const token = names.token(operation.token);
      const request = { token, lease, fingerprint: fingerprint ?? undefined };
      return claimAnswer(await store.claim(key, request, options));
    }
    case 'complete': {
      const value = encoder.encode(operation.value);
      const token = names.token(operation.token);
      return {
        kind: 'boolean',
        value: await store.complete(key, token, value, operation.ttl, options),
      };
    }
    case 'release':
      return {
        kind: 'boolean',
        value: await store.release(key, names.token(operation.token), options),
      };
    case 'inspect':
      return { kind: 'inspected', inspection: await store.inspect(key, options) };
    case 'renew': {
      const token = names.token(operation.token);
      return { kind: 'boolean', value: await store.renew(key, token, operation.lease, options) };
    }
  }
}

function claimAnswer(result: ClaimResult): Answer {
  switch (result.outcome) {
    case 'acquired':
      return { kind: 'acquired', fence: result.fence, takeover: result.takeover };
    case 'in-progress':
      return {
        kind: 'in-progress',
        fingerprint: result.fingerprint,
        leaseRemaining: result.leaseRemaining,
      };
    case 'completed':
      return {
        kind: 'completed',
        value: decoder.decode(result.value),
        fingerprint: result.fingerprint,
      };
    default: // What a store written in JavaScript may answer all the same.
      return { kind: 'rejected', reason: 'claim answered an unknown outcome', retryable: false };
  }
}
