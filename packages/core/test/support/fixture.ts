import { Idempotency, type IdempotencyOptions } from '../../src/index.ts';
import { systemRuntime } from '../../src/time/runtime.ts';
import { TestStore } from './test-store.ts';

/** Milliseconds. */
export const LEASE = 3_000;
export const TTL = 60_000;

/** An executor on a store of its own, and how to make others of the same store, as other processes have. */
export function fixture(options: Partial<IdempotencyOptions<TestStore>> = {}): {
  store: TestStore;
  here: Idempotency;
  elsewhere: Idempotency;
} {
  const { store = new TestStore() } = options;
  // Each with timers of its own: what one test leaves running is nothing to the next.
  const process = (): Idempotency =>
    new Idempotency({ ttl: TTL, lease: LEASE, ...options, store }, { ...systemRuntime });
  return { store, here: process(), elsewhere: process() };
}

export interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
}

export function deferred<T = void>(): Deferred<T> {
  let resolve: (value: T) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** The store, with other methods in the place of its own: what no store that keeps the contract does. */
export function withMethods(
  store: TestStore,
  methods: Readonly<Record<string, (...args: never[]) => unknown>>,
): TestStore {
  return new Proxy(store, {
    get(target, name) {
      if (typeof name === 'string' && Object.hasOwn(methods, name)) return methods[name];
      const own: unknown = Reflect.get(target, name);
      return typeof own === 'function' ? own.bind(target) : own;
    },
  });
}

export function raise(error: unknown): never {
  throw error;
}

/** What a promise rejects with; an error when it resolves. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('It resolved.');
}

/** Lets everything run that needs no timer. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}
