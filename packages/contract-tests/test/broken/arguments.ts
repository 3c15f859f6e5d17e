import type { OperationOptions } from '@idem/core';
import { IdempotencyError } from '@idem/core';
import { checkToken, refuse } from '@idem/core/adapter';
import { type BrokenStore, broken } from './kit/broken-store.ts';
import { UncheckedStore } from './kit/unchecked-store.ts';

export const argumentMistakes: readonly BrokenStore[] = [
  broken(
    'any-ttl',
    'Takes a ttl of zero, a fraction or NaN for what it may mean.',
    { 'arguments.ttl': /store with the ttl NaN: expected a rejection with IDEM_INVALID_TTL/ },
    class extends UncheckedStore {
      protected override checkTtl(): void {}
    },
  ),
  broken(
    'lease-without-limit',
    'Refuses only leases that are not above zero.',
    {
      'arguments.lease':
        /renew with the lease Infinity: expected a rejection with IDEM_INVALID_LEASE/,
    },
    class extends UncheckedStore {
      protected override checkLease(lease: unknown): void {
        if (!(Number(lease) > 0)) super.checkLease(lease);
      }
    },
  ),
  broken(
    'any-value',
    'Makes bytes of whatever it is given.',
    {
      'arguments.value':
        /store with the value "text": expected a rejection with IDEM_INVALID_VALUE/,
    },
    class extends UncheckedStore {
      protected override checkValue(value: unknown): void {
        if (value instanceof Uint8Array) super.checkValue(value);
      }
    },
  ),
  broken(
    'any-token',
    'Takes any string for a token, also one that can be guessed.',
    {
      'arguments.token':
        /release with the token "short": expected a rejection with IDEM_INVALID_TOKEN/,
    },
    class extends UncheckedStore {
      protected override checkToken(token: unknown): void {
        if (typeof token !== 'string') super.checkToken(token);
      }
    },
  ),
  broken(
    'any-fingerprint',
    'Takes any fingerprint.',
    {
      'arguments.fingerprint':
        /claim with the fingerprint "with space": expected a rejection with IDEM_INVALID_FINGERPRINT/,
    },
    class extends UncheckedStore {
      protected override checkRequest(request: unknown): void {
        super.checkRequest(
          typeof request === 'object' && request !== null
            ? { ...request, fingerprint: undefined }
            : request,
        );
      }
    },
  ),
  broken(
    'request-taken-apart',
    'Takes the request apart before it looks whether it is one.',
    {
      'arguments.request':
        /claim with the request null: expected a rejection with IDEM_INVALID_OPTIONS, saw an error TypeError/,
    },
    class extends UncheckedStore {
      protected override checkRequest(request: { readonly token: unknown }): void {
        checkToken(request.token);
        super.checkRequest(request);
      }
    },
  ),
  broken(
    'any-options',
    'Does not look at options it does not know.',
    {
      'arguments.options':
        /find with the options 42: expected a rejection with IDEM_INVALID_OPTIONS/,
    },
    class extends UncheckedStore {
      protected override checkOptions(): void {}
      protected override checkSignal(): void {}
      protected override settle<T>(work: Promise<T>): Promise<T> {
        return work;
      }
    },
  ),
  broken(
    'tokens-of-32',
    'Keeps tokens in a column of 32 characters.',
    { 'arguments.limits-are-accepted': /the rule was ended by an error IDEM_INVALID_TOKEN/ },
    class extends UncheckedStore {
      protected override checkRequest(request: unknown): void {
        super.checkRequest(request);
        if (typeof request !== 'object' || request === null || !('token' in request)) return;
        if (typeof request.token === 'string' && request.token.length > 32) checkToken('');
      }
    },
  ),
  broken(
    'undefined-is-an-argument',
    'Refuses a fingerprint that is undefined.',
    { 'arguments.undefined-is-left-out': /ended by an error IDEM_INVALID_FINGERPRINT/ },
    class extends UncheckedStore {
      protected override checkRequest(request: unknown): void {
        super.checkRequest(request);
        if (typeof request !== 'object' || request === null || !('fingerprint' in request)) return;
        if (request.fingerprint !== undefined) return;
        refuse('IDEM_INVALID_FINGERPRINT', request.fingerprint, 'given', 'fingerprint');
      }
    },
  ),
  broken(
    'thrown-at-the-call',
    'Throws what it refuses instead of rejecting with it.',
    { 'arguments.never-thrown-at-the-call': /find with the empty key: .* saw a synchronous throw/ },
    class extends UncheckedStore {
      override find(key: string, options?: OperationOptions): Promise<Uint8Array | null> {
        this.checkKey(key);
        return super.find(key, options);
      }
    },
  ),
  broken(
    'checked-too-late',
    'Sends first and checks the options afterwards.',
    {
      'arguments.refusal-changes-nothing':
        /the claimed key afterwards: expected the holder's claim/,
    },
    class extends UncheckedStore {
      override async remove(key: string, options?: OperationOptions): Promise<void> {
        this.checkKey(key);
        await this.doRemove(key);
        this.checkOptions(options);
      }
    },
  ),
  broken(
    'invalid-argument',
    'Says that something was wrong, but not what.',
    {
      'arguments.message-says-what-was-wrong':
        /a ttl of 1.25: expected to contain 1.25, saw "invalid argument"/,
    },
    class extends UncheckedStore {
      protected override checkTtl(ttl: unknown): void {
        try {
          super.checkTtl(ttl);
        } catch {
          throw new IdempotencyError('IDEM_INVALID_TTL', 'invalid argument', { retryable: true });
        }
      }
    },
  ),
  broken(
    'refusals-worth-another-try',
    'Says of a key that is none that one may try again.',
    {
      'arguments.never-thrown-at-the-call':
        /with the empty key: retryable: expected false, saw true/,
    },
    class extends UncheckedStore {
      protected override checkKey(key: unknown): void {
        try {
          super.checkKey(key);
        } catch {
          throw new IdempotencyError('IDEM_INVALID_KEY', `no key: ${key}`, { retryable: true });
        }
      }
    },
  ),
];
