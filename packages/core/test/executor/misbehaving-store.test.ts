import { describe, expect, test, vi } from 'vitest';
import type { IdempotencyOptions } from '../../src/index.ts';
import { pass, useFakeTime } from '../support/fake-time.ts';
import { deferred, fixture, LEASE, raise, rejection, withMethods } from '../support/fixture.ts';
import { TestStore } from '../support/test-store.ts';

useFakeTime();

const RECORD_TIMEOUT = 500;

function on(
  methods: Readonly<Record<string, (...args: never[]) => unknown>>,
  options: Partial<IdempotencyOptions<TestStore>> = {},
) {
  return fixture({ ...options, store: withMethods(new TestStore(), methods) });
}

describe('a claim that is answered outside the contract rejects the call, and executes nothing', () => {
  test.each<[string, unknown]>([
    ['null', null],
    ['undefined', undefined],
    ['{}', {}],
    ['true', true],
    ['another outcome', { outcome: 'granted', fence: 1, takeover: false }],
    ['no fence', { outcome: 'acquired', takeover: false }],
    ['a fence as text', { outcome: 'acquired', fence: '1', takeover: false }],
    ['no takeover', { outcome: 'acquired', fence: 1 }],
    ['no time', { outcome: 'in-progress', fingerprint: null }],
    ['an endless time', { outcome: 'in-progress', leaseRemaining: Number.POSITIVE_INFINITY }],
    ['a value as text', { outcome: 'completed', value: 'idem1:value:1', fingerprint: null }],
  ])('%s', async (_, answer) => {
    const claim = vi.fn(async () => answer);
    const { here } = on({ claim });
    const executed = vi.fn();
    const calls = [0, 1_000].map((wait) => rejection(here.run('k', executed, { wait })));
    for (const call of calls) {
      expect(await call).toMatchObject({ code: 'IDEM_STORE_FAILED', key: 'k', retryable: false });
    }
    expect(executed).not.toHaveBeenCalled();
    expect(claim.mock.calls.length).toBeLessThanOrEqual(2);
  });
});

describe('a store whose methods throw instead of rejecting', () => {
  const broken = new Error('driver bug');
  const throwing = (): never => raise(broken);

  test('in claim rejects the call', async () => {
    const { here } = on({ claim: throwing });
    expect(await rejection(here.run('k', () => 1))).toBe(broken);
  });

  test('in complete hands the value over', async () => {
    const { here } = on({ complete: throwing }, { recordTimeout: RECORD_TIMEOUT });
    const run = rejection(here.run('k', () => 'done'));
    await pass(RECORD_TIMEOUT);
    expect(await run).toMatchObject({ code: 'IDEM_NOT_RECORDED', value: 'done', key: 'k' });
  });

  test('in release hides no error of the function', async () => {
    const { here } = on({ release: throwing });
    const declined = new Error('declined');
    expect(await rejection(here.run('k', () => raise(declined)))).toBe(declined);
  });

  test('in renew lets the lease end', async () => {
    const { here } = on({ renew: throwing });
    const run = rejection(here.run('k', () => new Promise(() => {})));
    await pass(LEASE);
    expect(await run).toMatchObject({ code: 'IDEM_LEASE_LOST', key: 'k' });
  });
});

test('a renewal that is answered neither yes nor no is tried again, and is no renewal', async () => {
  const renew = vi.fn(async () => 'OK');
  const { here } = on({ renew });
  const run = rejection(here.run('k', () => new Promise(() => {})));
  await pass(LEASE);
  expect(await run).toMatchObject({ code: 'IDEM_LEASE_LOST' });
  expect(renew.mock.calls.length).toBeGreaterThan(1);
});

test('a completion that is answered neither yes nor no is tried again, and confirms nothing', async () => {
  const complete = vi.fn(async () => 'OK');
  const { here } = on({ complete }, { recordTimeout: RECORD_TIMEOUT });
  const run = rejection(here.run('k', () => 'done'));
  await pass(RECORD_TIMEOUT);
  expect(await run).toMatchObject({ code: 'IDEM_NOT_RECORDED', value: 'done' });
  expect(complete.mock.calls.length).toBeGreaterThan(1);
});

describe('a release that hangs', () => {
  test('holds the error of the function back for recordTimeout, and no longer', async () => {
    const recordTimeout = RECORD_TIMEOUT;
    const { here } = on({ release: () => new Promise(() => {}) }, { recordTimeout });
    const declined = new Error('declined');
    const run = rejection(here.run('k', () => raise(declined)));
    let settled = false;
    void run.then(() => {
      settled = true;
    });
    await pass(RECORD_TIMEOUT - 1);
    expect(settled).toBe(false);
    await pass(1);
    expect(await run).toBe(declined);
  });

  test('does not hang the later calls of the key', async () => {
    const { here } = on({ release: () => new Promise(() => {}) });
    void rejection(here.run('k', () => raise(new Error('declined'))));
    const next = here.run('k', () => 'done', { wait: LEASE * 2 });
    await pass(LEASE * 2);
    expect(await next).toMatchObject({ value: 'done', replayed: false });
  });

  test('of a claim that came too late holds nobody', async () => {
    const reply = deferred();
    const { here, store } = on({ release: () => new Promise(() => {}) });
    store.fail('claim', { when: 'held', until: reply.promise });
    const caller = new AbortController();
    const gone = rejection(here.run('k', () => 1, { signal: caller.signal }));
    const joined = here.run('k', () => 'done', { wait: LEASE * 2 });
    caller.abort('gone');
    reply.resolve();
    expect(await gone).toBe('gone');
    await pass(LEASE * 2);
    expect((await joined).value).toBe('done');
  });
});
