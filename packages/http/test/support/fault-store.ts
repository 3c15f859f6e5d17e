import { IdempotencyError, type IdempotencyStore } from '@idem/core';

type Operation = 'claim' | 'complete' | 'release' | 'renew';
/** `refuses`: it answers as to a holder whose claim has gone to another. */
type Fault = 'unavailable' | 'hangs' | 'refuses' | Error;

/** A real store whose operations can be made to fail, or to give no answer, from outside. */
export class FaultStore {
  readonly store: IdempotencyStore;
  readonly calls: Operation[] = [];
  readonly #faults = new Map<Operation, Fault>();

  constructor(real: IdempotencyStore) {
    this.store = new Proxy(real, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        if (!isOperation(name)) return value.bind(target);
        return (...args: unknown[]) => {
          this.calls.push(name);
          const fault = this.#faults.get(name);
          if (fault === undefined) return Reflect.apply(value, target, args);
          if (fault === 'refuses') return Promise.resolve(false);
          return fault === 'hangs' ? new Promise(() => {}) : Promise.reject(errorOf(fault));
        };
      },
    });
  }

  break(operation: Operation, fault: Fault): void {
    this.#faults.set(operation, fault);
  }

  mend(): void {
    this.#faults.clear();
  }
}

function isOperation(name: string | symbol): name is Operation {
  return name === 'claim' || name === 'complete' || name === 'release' || name === 'renew';
}

function errorOf(fault: Error | 'unavailable'): Error {
  if (fault !== 'unavailable') return fault;
  return new IdempotencyError('IDEM_STORE_UNAVAILABLE', 'The store is down.', { retryable: true });
}
