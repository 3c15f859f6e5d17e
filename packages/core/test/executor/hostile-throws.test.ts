import { describe, expect, test } from 'vitest';
import { fixture, raise } from '../support/fixture.ts';

function revokedProxy(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function withThrowingField(): Error {
  const error: Error = new Error('declined');
  return Object.defineProperty(error, 'code', { enumerable: true, get: () => raise(error) });
}

/** In a box: a promise that resolves with it looks at its `then`. */
async function boxedRejection(promise: Promise<unknown>): Promise<{ readonly error: unknown }> {
  return promise.then(
    () => raise(new Error('It resolved.')),
    (error: unknown) => ({ error }),
  );
}

const hostile: [string, () => unknown][] = [
  ['an error with a field that throws it again', withThrowingField],
  ['a revoked proxy', revokedProxy],
  ['an object without a prototype', () => Object.create(null)],
  ['an object whose every property throws', () => new Proxy({}, { get: () => raise('no') })],
  ['an error in a circle', circle],
];

function circle(): Error {
  const error = new Error('declined');
  error.cause = error;
  return Object.assign(error, { self: error });
}

describe('whatever the function throws, its call rejects with that and the key is free', () => {
  test.each(hostile)('%s', async (_, make) => {
    const { here } = fixture();
    const thrown = make();
    const { error } = await boxedRejection(here.run('k', () => raise(thrown)));
    expect(Object.is(error, thrown)).toBe(true);
    expect(await here.run('k', () => 'charged')).toMatchObject({
      value: 'charged',
      takeover: false,
    });
  });
});

describe('and where errors are results, it is recorded as far as it can be read', () => {
  test.each(hostile)('%s', async (_, make) => {
    const { here } = fixture({ recordErrors: () => true });
    await boxedRejection(here.run('k', () => raise(make())));
    let executed = false;
    await boxedRejection(
      here.run('k', () => {
        executed = true;
      }),
    );
    expect(executed).toBe(false);
  });
});

describe('what the store rejects with may be as strange', () => {
  test.each(hostile)('%s', async (_, make) => {
    const { here, store } = fixture();
    const thrown = make();
    store.fail('claim', { when: 'before', error: thrown });
    const { error } = await boxedRejection(here.run('k', () => 1, { wait: 100 }));
    expect(Object.is(error, thrown)).toBe(true);
  });
});
