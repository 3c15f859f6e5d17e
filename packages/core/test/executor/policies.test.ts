import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createToken, Idempotency } from '../../src/index.ts';
import { fixture, LEASE, raise, rejection, TTL } from '../support/fixture.ts';
import { TestStore } from '../support/test-store.ts';

let failures: unknown[] = [];
const listen = (event: unknown): void => void failures.push(event);

beforeEach(() => {
  failures = [];
  subscribe('idem:failed', listen);
});
afterEach(() => {
  unsubscribe('idem:failed', listen);
});

describe.each(['recordErrors', 'recordResult'] as const)('%s', (name) => {
  test('that is async is refused at construction: a promise is always true', () => {
    const make = () =>
      new Idempotency({ store: new TestStore(), ttl: TTL, [name]: async () => false });
    expect(make).toThrow(expect.objectContaining({ code: 'IDEM_INVALID_OPTIONS' }));
    expect(make).toThrow(
      new RegExp(`${name} must be a function that answers true or false at once`),
    );
  });
});

describe('what is no boolean is no answer: published, and not taken', () => {
  test.each<[string, () => unknown]>([
    ['a promise', () => Promise.resolve(true)],
    ['a promise that rejects', () => Promise.reject(new Error('policy'))],
    ['undefined', () => undefined],
    ['1', () => 1],
    ['text', () => 'yes'],
  ])('%s', async (_, recordErrors) => {
    // @ts-expect-error: no boolean, on purpose
    const { here } = fixture({ recordErrors });
    const declined = new Error('declined');
    expect(await rejection(here.run('k', () => raise(declined)))).toBe(declined);
    expect(failures.at(-1)).toMatchObject({
      key: 'k',
      stage: 'policy',
      error: expect.any(TypeError),
    });
    expect((await here.run('k', () => 'charged')).replayed).toBe(false);
  });
});

describe('a result that recordResult does not keep', () => {
  const notKept = { recordResult: (value: unknown) => value !== 'busy' };

  test('is answered as the function returned it, and the key is free', async () => {
    const at = new Date(0);
    const { here, store } = fixture({ recordResult: () => false });
    const run = await here.run('k', () => ({ at }));
    expect(run).toEqual({ value: { at }, replayed: false, fence: 1, takeover: false });
    expect(run.value.at).toBe(at);
    expect(store.entries.size).toBe(0);
    expect(store.log.map(({ operation }) => operation)).toEqual(['claim', 'release']);
  });

  test('is not replayed: the next executes, and others are kept', async () => {
    const { here } = fixture(notKept);
    expect((await here.run('k', () => 'busy')).replayed).toBe(false);
    expect(await here.run('k', () => 'done')).toMatchObject({ value: 'done', takeover: false });
    expect(await here.run('k', () => 'again')).toEqual({ value: 'done', replayed: true });
  });

  test('may be one that the codec would refuse', async () => {
    const { here } = fixture({ recordResult: () => false });
    expect((await here.run('k', () => Number.NaN)).value).toBeNaN();
  });

  test('is answered though the release fails', async () => {
    const { here, store } = fixture({ recordResult: () => false });
    const gone = new Error('gone');
    store.fail('release', { when: 'before', error: gone });
    expect((await here.run('k', () => 'busy')).value).toBe('busy');
    expect(failures).toEqual([{ key: 'k', stage: 'release', error: gone }]);
  });

  test('leaves a takeover owed: its claim lapses, and the next is told', async () => {
    const { here, elsewhere, store } = fixture(notKept);
    await store.claim('k', { token: createToken(), lease: LEASE });
    store.lapse('k');
    expect(await here.run('k', () => 'busy')).toMatchObject({ takeover: true });
    const next = await elsewhere.run('k', () => 'reconciled', { wait: LEASE });
    expect(next).toMatchObject({ value: 'reconciled', takeover: true });
  });

  test('is had by its own caller alone: those who wait execute', async () => {
    const { here } = fixture({ ...notKept, wait: LEASE });
    const results = ['busy', 'busy', 'done'];
    const fn = vi.fn(() => results[fn.mock.calls.length - 1]);
    const calls = await Promise.all([1, 2, 3, 4].map(() => here.run('k', fn)));
    expect(fn).toHaveBeenCalledTimes(3);
    expect(calls.map((call) => [call.value, call.replayed])).toEqual([
      ['busy', false],
      ['busy', false],
      ['done', false],
      ['done', true],
    ]);
  });
});

describe('a result is kept when recordResult', () => {
  test.each<[string, () => unknown]>([
    ['throws', () => raise(new Error('policy'))],
    ['answers no boolean', () => null],
  ])('%s', async (_, recordResult) => {
    // @ts-expect-error: no boolean, on purpose
    const { here } = fixture({ recordResult });
    expect((await here.run('k', () => 'done')).value).toBe('done');
    expect(failures).toMatchObject([{ key: 'k', stage: 'policy' }]);
    expect((await here.run('k', () => 'again')).replayed).toBe(true);
  });
});
