import { expect, test, vi } from 'vitest';
import type { RunContext } from '../../src/index.ts';
import { pass, useFakeTime } from '../support/fake-time.ts';
import { deferred, fixture, LEASE, rejection } from '../support/fixture.ts';

useFakeTime();

const unreachable = { when: 'before', error: new Error('connection refused') } as const;

test('the lease is renewed at a third of it while the function runs, and no longer', async () => {
  const { here, store } = fixture();
  const work = deferred<string>();
  const run = here.run('k', () => work.promise);
  await pass(LEASE * 2);
  expect(store.count('renew')).toBe(6);
  work.resolve('done');
  expect((await run).value).toBe('done');
  await pass(LEASE * 2);
  expect(store.count('renew')).toBe(6);
  expect(vi.getTimerCount()).toBe(0);
});

test('a renewal that fails is tried again, and the lease is kept', async () => {
  const { here, store } = fixture();
  store.fail('renew', unreachable, unreachable, unreachable);
  const work = deferred<string>();
  const run = here.run('k', () => work.promise);
  await pass(LEASE * 2);
  work.resolve('done');
  expect((await run).value).toBe('done');
});

test('an outage is outlived like the one before it: a renewal that worked ends the backing off', async () => {
  const { here, store } = fixture();
  // Four pauses that double from an eighth of the third are over before the lease, at random's longest;
  // four of the longest are not, at random's shortest.
  const outage = Array.from({ length: 4 }, () => unreachable);
  store.fail('renew', ...outage, { when: 'held', until: Promise.resolve() }, ...outage);
  const work = deferred<string>();
  const run = here.run('k', () => work.promise);
  await pass(LEASE * 3);
  work.resolve('done');
  expect((await run).value).toBe('done');
});

test('a renewal under way is called off when the function is done', async () => {
  const { here, store } = fixture();
  let signal: AbortSignal | undefined;
  vi.spyOn(store, 'renew').mockImplementation((_key, _token, _lease, options) => {
    signal = options?.signal;
    return new Promise(() => {});
  });
  const work = deferred<string>();
  const run = here.run('k', () => work.promise);
  await pass(LEASE / 3);
  expect(signal?.aborted).toBe(false);
  work.resolve('done');
  await run;
  expect(signal?.aborted).toBe(true);
});

test('a renewal that hangs does not keep the next from being sent', async () => {
  const { here, store } = fixture();
  store.fail('renew', { when: 'held', until: new Promise(() => {}) });
  const work = deferred<string>();
  const run = here.run('k', () => work.promise);
  await pass(LEASE * 2);
  work.resolve('done');
  expect((await run).value).toBe('done');
});

test('a refused renewal is the end: the signal is aborted and the run rejects, function hung or not', async () => {
  const { here, store } = fixture();
  let context: RunContext | undefined;
  const run = rejection(
    here.run('k', (given) => {
      context = given;
      return new Promise(() => {});
    }),
  );
  await pass(0);
  await store.remove('k');
  await pass(LEASE / 3);
  const error = await run;
  expect(error).toMatchObject({ code: 'IDEM_LEASE_LOST', retryable: true });
  expect(context?.signal.reason).toBe(error);
  expect(vi.getTimerCount()).toBe(0);
});

test('a lease that cannot be renewed is lost when it ends, counted from when its renewal was sent', async () => {
  const { here, store } = fixture();
  const reply = deferred();
  store.fail('claim', { when: 'held', until: reply.promise });
  const run = rejection(here.run('k', () => new Promise(() => {})));
  let over = false;
  void run.then(() => {
    over = true;
  });
  store.fail('renew', ...Array.from({ length: 100 }, () => unreachable));
  await pass(500);
  reply.resolve();
  await pass(LEASE - 501);
  expect(over).toBe(false);
  await pass(1);
  expect(await run).toMatchObject({ code: 'IDEM_LEASE_LOST' });
});

test('what a lost execution returns later is neither recorded nor an unhandled error', async () => {
  const { here, elsewhere, store } = fixture();
  const work = deferred<string>();
  const run = rejection(here.run('k', () => work.promise));
  await pass(0);
  store.lapse('k');
  await elsewhere.run('k', () => 'taken over');
  await pass(LEASE);
  expect(await run).toMatchObject({ code: 'IDEM_LEASE_LOST' });
  work.resolve('late');
  await pass(0);
  expect((await here.run('k', () => 'again')).value).toBe('taken over');
  expect(store.count('complete')).toBe(1);
});

test('a function that hangs keeps its key for the maximum hold and a lease, not for ever', async () => {
  const { here, elsewhere } = fixture({ maxHold: LEASE * 2 });
  const hung = rejection(here.run('k', () => new Promise(() => {})));
  await pass(LEASE * 2);
  expect(await rejection(elsewhere.run('k', () => 1))).toMatchObject({ code: 'IDEM_IN_PROGRESS' });
  await pass(LEASE);
  expect(await hung).toMatchObject({ code: 'IDEM_LEASE_LOST' });
  expect((await elsewhere.run('k', () => 'taken over')).value).toBe('taken over');
});

test('a claim that is not answered within its lease is given up, and nothing is executed', async () => {
  const { here, store } = fixture();
  store.fail('claim', { when: 'held', until: new Promise(() => {}) });
  const executed = vi.fn();
  const run = rejection(here.run('k', executed));
  await pass(LEASE);
  expect(await run).toMatchObject({ code: 'IDEM_STORE_TIMEOUT', retryable: true });
  expect(executed).not.toHaveBeenCalled();
  expect((await here.run('k', () => 'done')).value).toBe('done');
});

test('a lease longer than setTimeout can keep does not end at once', async () => {
  const month = 30 * 86_400_000;
  const { here } = fixture({ lease: 3 * month, ttl: 12 * month });
  const work = deferred<string>();
  const run = here.run('k', () => work.promise);
  await pass(10);
  work.resolve('done');
  expect((await run).value).toBe('done');
  expect(vi.getTimerCount()).toBe(0);
});
