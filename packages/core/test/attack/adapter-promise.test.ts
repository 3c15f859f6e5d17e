import { expect, test } from 'vitest';
import { createToken, isIdempotencyError } from '../../src/index.ts';
import { TestStore } from '../support/test-store.ts';

const LEASE = 10_000;
const token = createToken();

/** Every operation of a store, each with what is wrong about it or with nothing wrong. */
function calls(store: TestStore, key: string): Record<string, () => unknown> {
  return {
    find: () => store.find(key),
    exists: () => store.exists(key),
    store: () => store.store(key, Uint8Array.of(1), LEASE),
    remove: () => store.remove(key),
    claim: () => store.claim(key, { token, lease: LEASE }),
    complete: () => store.complete(key, token, Uint8Array.of(1), LEASE),
    release: () => store.release(key, token),
    renew: () => store.renew(key, token, LEASE),
    inspect: () => store.inspect(key),
  };
}

/** Where a promise is promised, nothing is thrown: who wrote `.catch` has caught everything. */
test('bad input rejects and is not thrown', async () => {
  for (const call of Object.values(calls(new TestStore(), ''))) {
    const answer = call();
    expect(answer).toBeInstanceOf(Promise);
    await expect(answer).rejects.toSatisfy((error) =>
      isIdempotencyError(error, 'IDEM_INVALID_KEY'),
    );
  }
});

test('a store that is closed, and a signal that is aborted, reject and do not throw', async () => {
  const store = new TestStore();
  const aborted = store.find('a', { signal: AbortSignal.abort('left') });
  await expect(aborted).rejects.toBe('left');
  await store.close();
  for (const call of Object.values(calls(store, 'a'))) {
    const answer = call();
    await expect(answer).rejects.toSatisfy((error) =>
      isIdempotencyError(error, 'IDEM_STORE_CLOSED'),
    );
  }
});

/** An adapter that is not `async` where it should be. */
class Odd extends TestStore {
  answer: () => unknown = () => {};

  protected override doFind(): Promise<Uint8Array | null> {
    return this.answer() as Promise<Uint8Array | null>;
  }
}

test('what an adapter throws at once rejects', async () => {
  const store = new Odd();
  store.answer = () => {
    throw new Error('at once');
  };
  const answer = store.find('a');
  await expect(answer).rejects.toThrow('at once');
});

test.each<[string, () => unknown]>([
  // biome-ignore lint/suspicious/noThenProperty: it is what some libraries answer
  ['something that has only `then`', () => ({ then: (done: (value: null) => void) => done(null) })],
  ['a value that is no promise', () => null],
])('%s becomes a promise', async (_, answer) => {
  const store = new Odd();
  store.answer = answer;
  const found = store.find('a');
  expect(found).toBeInstanceOf(Promise);
  expect(await found.catch(() => 'rejected').finally(() => {})).toBe(null);
});

test('a value is copied before the call returns, for an adapter that reads it later', async () => {
  const store = new TestStore();
  await store.claim('completed', { token, lease: LEASE });
  let reach = (): void => {};
  const until = new Promise<void>((resolve) => {
    reach = resolve;
  });
  for (const operation of ['store', 'complete'] as const) {
    store.fail(operation, { when: 'held', until });
  }
  const value = Uint8Array.of(1, 2, 3);
  const doing = [
    store.store('stored', value, LEASE),
    store.complete('completed', token, value, LEASE),
  ];
  value.fill(0);
  reach();
  await Promise.all(doing);
  for (const key of ['stored', 'completed']) {
    expect(await store.find(key)).toEqual(Uint8Array.of(1, 2, 3));
  }
});
