import { isDeepStrictEqual } from 'node:util';
import {
  type Acquired,
  type ClaimResult,
  type Completed,
  type IdempotencyErrorCode,
  type InProgress,
  type Inspection,
  isIdempotencyError,
} from '@idem/core';
import { isRetryable } from './retryable.ts';
import { seen } from './seen.ts';
import { RuleBroken } from './signals.ts';
import { slowClose } from './slow.ts';

/**
 * Takes down what a store did and should not have. `what` says in words which step it was. The
 * methods that answer a narrower result end the rule when they cannot; all others let it go on.
 */
export class Expectations {
  readonly #faults: string[] = [];
  readonly #uncaught: string[] = [];
  readonly #slow: string[] = [];

  /** Everything seen so far that was not as it should be. */
  get faults(): readonly string[] {
    return [...this.#faults, ...this.#uncaught];
  }

  /** Everything so far that took suspiciously long: no faults. */
  get slow(): readonly string[] {
    return this.#slow;
  }

  /** Notes what a `close` took, in milliseconds, where that is suspiciously long. */
  closed(what: string, time: number): void {
    this.#slow.push(...slowClose(what, time));
  }

  /** Notes a fault in free words. */
  fault(text: string): void {
    this.#faults.push(text);
  }

  /** Notes an error that nobody caught: a fault in every attempt, whether that counts or not. */
  uncaught(text: string): void {
    this.#uncaught.push(text);
  }

  /** Notes a fault and ends the rule. */
  broken(text: string): never {
    this.fault(text);
    throw new RuleBroken(text);
  }

  /** Forgets what was noted: the attempt did not count. */
  forget(): void {
    this.#faults.length = 0;
    this.#slow.length = 0;
  }

  /** Equal in depth; bytes are compared byte for byte. */
  same(what: string, actual: unknown, expected: unknown): void {
    if (equal(actual, expected)) return;
    this.fault(`${what}: expected ${seen(expected)}, saw ${seen(actual)}`);
  }

  /** True, or a fault: `expected` in words, and what was seen instead. */
  that(what: string, holds: boolean, expected: string, actual: unknown): void {
    if (!holds) this.fault(`${what}: expected ${expected}, saw ${seen(actual)}`);
  }

  acquired(what: string, result: ClaimResult): Acquired {
    if (result.outcome === 'acquired') return result;
    return this.broken(`${what}: expected acquired, saw ${seen(result)}`);
  }

  inProgress(what: string, result: ClaimResult): InProgress {
    if (result.outcome === 'in-progress') return result;
    return this.broken(`${what}: expected in-progress, saw ${seen(result)}`);
  }

  completed(what: string, result: ClaimResult): Completed {
    if (result.outcome === 'completed') return result;
    return this.broken(`${what}: expected completed, saw ${seen(result)}`);
  }

  /** In this state, by `inspect`. */
  inspected<S extends Inspection['state']>(
    what: string,
    inspection: Inspection,
    state: S,
  ): Extract<Inspection, { state: S }> {
    if (isIn(inspection, state)) return inspection;
    return this.broken(`${what}: expected ${state}, saw ${seen(inspection)}`);
  }

  /** Rejected with this code, which is retryable or not: not resolved, not thrown at the call, not another error. */
  async refused(
    what: string,
    code: IdempotencyErrorCode,
    call: () => Promise<unknown>,
  ): Promise<unknown> {
    const error = await this.rejected(what, code, call);
    if (error === undefined) return error;
    if (!isIdempotencyError(error, code)) {
      this.fault(`${what}: expected a rejection with ${code}, saw ${seen(error)}`);
      return error;
    }
    const retryable = isRetryable(code);
    if (retryable !== undefined) this.same(`${what}: retryable`, error.retryable, retryable);
    return error;
  }

  /** Rejected, whatever with; answers the reason, or undefined when that did not happen. */
  async rejected(what: string, expected: string, call: () => Promise<unknown>): Promise<unknown> {
    let pending: Promise<unknown>;
    try {
      pending = call();
    } catch (error) {
      const text = `${what}: expected a rejected promise (${expected}), saw a synchronous throw of ${seen(error)}`;
      this.fault(text);
      return undefined;
    }
    try {
      const result = await pending;
      this.fault(
        `${what}: expected a rejection with ${expected}, saw it resolve to ${seen(result)}`,
      );
      return undefined;
    } catch (error) {
      return error;
    }
  }
}

function isIn<S extends Inspection['state']>(
  inspection: Inspection,
  state: S,
): inspection is Extract<Inspection, { state: S }> {
  return inspection.state === state;
}

function equal(actual: unknown, expected: unknown): boolean {
  // A Buffer with the right bytes is equal here; the rule on plain arrays looks at the type.
  if (actual instanceof Uint8Array && expected instanceof Uint8Array) {
    return Buffer.compare(actual, expected) === 0;
  }
  return isDeepStrictEqual(plain(actual), plain(expected));
}

/** An answer by its fields: rows of a database have another prototype, or none. */
function plain(value: unknown): unknown {
  const isObject = typeof value === 'object' && value !== null;
  if (!isObject || Array.isArray(value) || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      name,
      field instanceof Uint8Array ? Buffer.from(field) : field,
    ]),
  );
}
