import { mock } from 'node:test';
import { afterEach, expect, test, vi } from 'vitest';
import { Idempotency } from '../../src/index.ts';
import { deferred, fixture, LEASE, rejection, settled } from '../support/fixture.ts';
import { leave } from '../support/leave.ts';

afterEach(() => {
  vi.useRealTimers();
  mock.timers.reset();
});

test('with every clock frozen a run, a replay and a refusal need no timer to fire', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
  const { here, elsewhere } = fixture();
  expect((await here.run('k', () => 'done')).value).toBe('done');
  expect((await here.run('k', () => 'again')).value).toBe('done');
  leave(here.run('l', () => new Promise(() => {})));
  await settled();
  for (const executor of [here, elsewhere]) {
    expect(await rejection(executor.run('l', () => 1))).toMatchObject({ leaseRemaining: LEASE });
  }
});

test('with only the timers mocked, as node:test does, a wait ends when they are moved', async () => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const { here, elsewhere } = fixture();
  const work = deferred<string>();
  leave(elsewhere.run('k', () => work.promise));
  await settled();
  const refused = rejection(here.run('k', () => 'twice', { wait: 500 }));
  const waiting = here.run('k', () => 'twice', { wait: 60_000 });
  await settled();
  // Each timer that fires may leave the clock a fraction behind, and two questions are 5 ms apart.
  await tick(550);
  expect(await refused).toMatchObject({ code: 'IDEM_IN_PROGRESS' });
  work.resolve('done');
  await settled();
  await tick(1_100);
  expect((await waiting).value).toBe('done');
});

/** In steps: these timers run what is set anew on the way only at the next. */
async function tick(milliseconds: number): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += 1) {
    mock.timers.tick(1);
    await settled();
  }
}

test('a client whose clock is a day off changes nothing', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 86_400_000 });
  const { here, elsewhere } = fixture();
  await here.run('k', () => 'done');
  vi.setSystemTime(0);
  expect((await elsewhere.run('k', () => 'again')).value).toBe('done');
});

test('nothing of an executor outlives its calls', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const { here, store } = fixture({ wait: 1_000 });
  await Promise.all([here.run('a', () => 1), here.run('a', () => 2), here.run('b', () => 3)]);
  await rejection(here.run('c', () => Promise.reject(new Error('no'))));
  expect(vi.getTimerCount()).toBe(0);
  expect(new Idempotency({ store, ttl: 60_000 }).store).toBe(store);
});
