import { describe, expect, test, vi } from 'vitest';
import { createToken, Idempotency, IdempotencyError, isIdempotencyError } from '../../src/index.ts';
import { Latch } from '../../src/support/latch.ts';
import { systemRuntime } from '../../src/time/runtime.ts';
import { pass, useFakeTime } from '../support/fake-time.ts';
import { deferred, fixture, LEASE, rejection, TTL } from '../support/fixture.ts';
import { leave } from '../support/leave.ts';
import { TestStore } from '../support/test-store.ts';

useFakeTime();

/** What a caller sees does not depend on where the holder is. */
describe.each(['in this process', 'in another process'] as const)('the holder is %s', (where) => {
  const holder = (executors: ReturnType<typeof fixture>) =>
    where === 'in this process' ? executors.here : executors.elsewhere;

  test('without wait, a call is rejected with the time the lease has left', async () => {
    const executors = fixture();
    const work = deferred<string>();
    const held = holder(executors).run('k', () => work.promise);
    await pass(400);
    const error = await rejection(executors.here.run('k', () => 'executed twice'));
    if (!isIdempotencyError(error, 'IDEM_IN_PROGRESS')) throw error;
    expect(error.leaseRemaining).toBe(LEASE - 400);
    expect(error.retryable).toBe(true);
    work.resolve('done');
    expect((await held).value).toBe('done');
  });

  test('with wait, a call gets the result of the other', async () => {
    const executors = fixture();
    const work = deferred<string>();
    leave(holder(executors).run('k', () => work.promise));
    const waiting = executors.here.run('k', () => 'executed twice', { wait: 10_000 });
    await pass(700);
    work.resolve('done');
    await pass(1_000);
    expect(await waiting).toEqual({ value: 'done', replayed: true });
  });

  test('at its deadline, a waiting call is rejected as in progress', async () => {
    const executors = fixture();
    leave(holder(executors).run('k', () => new Promise(() => {})));
    await pass(0);
    const waiting = rejection(executors.here.run('k', () => 'executed twice', { wait: 500 }));
    let over = false;
    void waiting.then(() => {
      over = true;
    });
    await pass(499);
    expect(over).toBe(false);
    // And the five milliseconds between two questions at least.
    await pass(1 + 5);
    expect(await waiting).toMatchObject({ code: 'IDEM_IN_PROGRESS' });
  });

  test('each waiting call has a deadline of its own', async () => {
    const executors = fixture();
    const work = deferred<string>();
    leave(holder(executors).run('k', () => work.promise));
    await pass(0);
    const short = rejection(executors.here.run('k', () => 'twice', { wait: 50 }));
    const long = executors.here.run('k', () => 'twice', { wait: 5_000 });
    // Its own deadline, and the five milliseconds between two questions at least.
    await pass(55);
    expect(await short).toMatchObject({ code: 'IDEM_IN_PROGRESS' });
    work.resolve('done');
    await pass(2_000);
    expect((await long).value).toBe('done');
  });

  test('when the holder fails, one of those who wait executes, and the others get its result', async () => {
    const executors = fixture();
    const work = deferred<string>();
    const failed = rejection(holder(executors).run('k', () => work.promise));
    await pass(0);
    let runs = 0;
    const waiting = Array.from({ length: 20 }, () =>
      executors.here.run('k', () => `run ${++runs}`, { wait: 10_000 }),
    );
    await pass(100);
    work.reject(new Error('the first failed'));
    expect(await failed).toMatchObject({ message: 'the first failed' });
    await pass(2_000);
    const results = await Promise.all(waiting);
    expect(new Set(results.map((result) => result.value))).toEqual(new Set(['run 1']));
    expect(results.filter((result) => !result.replayed)).toHaveLength(1);
  });

  test('a waiting call takes over when the lease lapses', async () => {
    const executors = fixture();
    executors.store.fail(
      'renew',
      ...Array.from({ length: 50 }, () => ({ when: 'before', error: new Error('gone') }) as const),
    );
    const lost = rejection(holder(executors).run('k', () => new Promise(() => {})));
    await pass(0);
    const waiting = executors.here.run('k', ({ takeover }) => takeover, { wait: 60_000 });
    await pass(LEASE + 10);
    expect(await waiting).toMatchObject({ value: true, replayed: false, takeover: true });
    expect(await lost).toMatchObject({ code: 'IDEM_LEASE_LOST' });
  });
});

test('of calls that come together without wait one executes, and the others are in progress', async () => {
  const { here, store } = fixture();
  const work = deferred<string>();
  const calls = Array.from({ length: 1_000 }, () => here.run('k', () => work.promise));
  const outcomes = Promise.allSettled(calls);
  await pass(0);
  work.resolve('done');
  const rejected = (await outcomes).filter((outcome) => outcome.status === 'rejected');
  expect(rejected).toHaveLength(999);
  for (const { reason } of rejected) expect(reason).toMatchObject({ code: 'IDEM_IN_PROGRESS' });
  expect(store.count('claim')).toBe(1);
});

test('a thousand calls that wait for another process ask the store as often as one', async () => {
  const asked = async (callers: number): Promise<number> => {
    const { here, elsewhere, store } = fixture();
    const work = deferred<string>();
    leave(elsewhere.run('k', () => work.promise));
    await pass(0);
    const before = store.count('claim');
    const calls = Array.from({ length: callers }, () =>
      here.run('k', () => 'twice', { wait: 60_000 }),
    );
    await pass(LEASE * 3);
    work.resolve('done');
    await pass(2_000);
    for (const result of await Promise.all(calls)) expect(result.value).toBe('done');
    return store.count('claim') - before;
  };
  const alone = await asked(1);
  // The pauses are jittered by half, so the counts of two runs are near, not equal.
  expect(await asked(1_000)).toBeLessThanOrEqual(alone * 3);
});

test('a call that comes while others wait, and waits less than their pause, asks at its own deadline for all', async () => {
  const { here, elsewhere, store } = fixture();
  const work = deferred<string>();
  leave(elsewhere.run('k', () => work.promise));
  const long = here.run('k', () => 'twice', { wait: 60_000 });
  await pass(2_500);
  work.resolve('done');
  await pass(0);
  store.log.length = 0;
  const short = here.run('k', () => 'twice', { wait: 1 });
  await pass(5);
  expect((await short).value).toBe('done');
  expect((await long).value).toBe('done');
});

test('who waits during a pause has the result of a call that came meanwhile and executed, at once', async () => {
  const { here, elsewhere } = fixture();
  const work = deferred<string>();
  const failed = rejection(elsewhere.run('k', () => work.promise));
  await pass(0);
  const waiting = here.run('k', () => 'twice', { wait: 60_000 });
  // It has just begun: a pause of 25 ms, of which half may be taken away.
  await pass(1);
  work.reject(new Error('declined'));
  await failed;
  expect(await here.run('k', () => 'done')).toMatchObject({ replayed: false });
  expect(await Promise.race([waiting, pass(1)])).toEqual({ value: 'done', replayed: true });
});

test('who waits asks soon again after an execution here, however long it waited before', async () => {
  const { here, elsewhere, store } = fixture();
  const first = deferred<string>();
  const failed = rejection(elsewhere.run('k', () => first.promise));
  await pass(0);
  let lost: unknown;
  const executes = here.run('k', () => new Promise(() => {}), { wait: 60_000 });
  void rejection(executes).then((error) => {
    lost = error;
  });
  const waiting = here.run('k', () => 'twice', { wait: 60_000 });
  await pass(LEASE);
  first.reject(new Error('declined'));
  await failed;
  // The first of the two executes, until another process has the claim.
  await pass(1_000);
  expect(store.entries.get('k')?.state).toBe('claimed');
  await store.remove('k');
  const work = deferred<string>();
  const other = elsewhere.run('k', () => work.promise);
  for (let passed = 0; passed < LEASE && lost === undefined; passed++) await pass(1);
  expect(lost).toMatchObject({ code: 'IDEM_LEASE_LOST' });
  work.resolve('done');
  await other;
  await pass(25);
  expect(await Promise.race([waiting, pass(0)])).toEqual({ value: 'done', replayed: true });
});

test('calls under different keys have nothing to do with each other', async () => {
  const { here } = fixture();
  leave(here.run('a', () => new Promise(() => {})));
  expect((await here.run('b', () => 'done')).value).toBe('done');
});

test('a waiting call goes on when the store fails for a moment', async () => {
  const { here, elsewhere, store } = fixture();
  const work = deferred<string>();
  leave(elsewhere.run('k', () => work.promise));
  await pass(0);
  const waiting = here.run('k', () => 'twice', { wait: 10_000 });
  await pass(0);
  const error = new IdempotencyError('IDEM_STORE_UNAVAILABLE', 'gone', { retryable: true });
  store.fail('claim', { when: 'before', error }, { when: 'before', error });
  work.resolve('done');
  await pass(3_000);
  expect((await waiting).value).toBe('done');
});

test('a waiting call whose claim lost its reply repeats it by the same token', async () => {
  const { here, elsewhere, store } = fixture();
  const work = deferred<string>();
  const held = rejection(elsewhere.run('k', () => work.promise));
  await pass(0);
  const waiting = here.run('k', () => 'done', { wait: 60_000 });
  await pass(0);
  work.reject(new Error('declined'));
  await held;
  store.log.length = 0;
  const error = new IdempotencyError('IDEM_STORE_UNAVAILABLE', 'gone', { retryable: true });
  store.fail('claim', { when: 'after', error });
  await pass(LEASE / 2);
  expect(await waiting).toMatchObject({ value: 'done', replayed: false, takeover: false });
  const [lost, repeated] = store.log;
  expect([lost?.operation, repeated?.operation]).toEqual(['claim', 'claim']);
  expect(repeated?.token).toBe(lost?.token);
});

test('a call that stops waiting leaves no timer behind', async () => {
  const store = new TestStore();
  const here = new Idempotency({ store, ttl: TTL, lease: LEASE }, { ...systemRuntime });
  await store.claim('k', { token: createToken(), lease: LEASE });
  const others = vi.getTimerCount();
  const caller = new AbortController();
  const waiting = rejection(here.run('k', () => 1, { wait: 60_000, signal: caller.signal }));
  await pass(0);
  expect(vi.getTimerCount()).toBe(others + 1);
  caller.abort('gone');
  expect(await waiting).toBe('gone');
  await pass(0);
  expect(vi.getTimerCount()).toBe(others);
});

test('a call that stops waiting for an execution here leaves nothing with it', async () => {
  const { here } = fixture();
  const work = deferred<string>();
  const run = here.run('k', () => work.promise);
  await pass(0);
  const listening = new Set<() => void>();
  const { listen } = Latch.prototype;
  vi.spyOn(Latch.prototype, 'listen').mockImplementation(function (this: Latch, listener) {
    listening.add(listener);
    const stop = listen.call(this, listener);
    return () => {
      listening.delete(listener);
      stop();
    };
  });
  const short = Array.from({ length: 20 }, () => rejection(here.run('k', () => 1, { wait: 50 })));
  await pass(0);
  expect(listening.size).toBe(20);
  await pass(50);
  for (const call of short) expect(await call).toMatchObject({ code: 'IDEM_IN_PROGRESS' });
  expect(listening.size).toBe(0);
  work.resolve('done');
  expect((await run).value).toBe('done');
});
