import { describe, expect, test } from 'vitest';
import { pass, useFakeTime } from '../support/fake-time.ts';
import { deferred, fixture, LEASE, rejection } from '../support/fixture.ts';
import { leave } from '../support/leave.ts';

useFakeTime();

/** Milliseconds that pass between two questions at least. */
const SHORTEST_PAUSE = 5;

describe('a call that waits a second asks once more at its deadline, and has what was ready by then', () => {
  test.each([50, 333, 700, 990])('after %i ms', async (ready) => {
    const { here, elsewhere, store } = fixture();
    const work = deferred<string>();
    leave(elsewhere.run('k', () => work.promise));
    await pass(0);
    const waiting = here.run('k', () => 'twice', { wait: 1_000 });
    await pass(ready);
    work.resolve('done');
    await pass(1_000 + SHORTEST_PAUSE - ready);
    expect(await waiting).toEqual({ value: 'done', replayed: true });
    expect(store.count('claim')).toBeLessThan(15);
  });
});

test('so of three hundred that began to wait at different times none is refused', async () => {
  const { store, elsewhere } = fixture();
  const work = deferred<string>();
  leave(elsewhere.run('k', () => work.promise));
  await pass(0);
  const waiting: Promise<unknown>[] = [];
  for (let n = 0; n < 300; n++) {
    // A process of its own each: they share no pause.
    waiting.push(fixture({ store }).here.run('k', () => 'twice', { wait: 1_000 }));
    await pass(1);
  }
  await pass(400);
  work.resolve('done');
  await pass(1_000);
  for (const call of waiting) expect(await call).toEqual({ value: 'done', replayed: true });
});

test('the last answer is what it is refused with', async () => {
  const { here, elsewhere, store } = fixture();
  leave(elsewhere.run('k', () => new Promise(() => {})));
  await pass(0);
  const refused = rejection(here.run('k', () => 'twice', { wait: 1_000 }));
  await pass(1_000);
  const asked = store.log.filter((entry) => entry.operation === 'claim').length;
  await pass(SHORTEST_PAUSE);
  // The holder renewed its lease at 1,000 ms.
  expect(await refused).toMatchObject({ code: 'IDEM_IN_PROGRESS', leaseRemaining: LEASE });
  expect(store.count('claim')).toBe(asked);
});

test('when the holder is gone by the deadline, it executes', async () => {
  const { here, elsewhere } = fixture();
  const work = deferred<string>();
  const failing = rejection(elsewhere.run('k', () => work.promise));
  await pass(0);
  const waiting = here.run('k', () => 'done', { wait: 1_000 });
  await pass(990);
  work.reject(new Error('declined'));
  await failing;
  await pass(10 + SHORTEST_PAUSE);
  expect(await waiting).toMatchObject({ value: 'done', replayed: false });
});

test('however short they wait, and however many they are, they ask together, every 5 ms', async () => {
  const { here, elsewhere, store } = fixture();
  leave(elsewhere.run('k', () => new Promise(() => {})));
  await pass(0);
  const refused: Promise<unknown>[] = [];
  for (let n = 0; n < 200; n++) {
    refused.push(rejection(here.run('k', () => 'twice', { wait: 1 })));
    await pass(1);
  }
  await pass(SHORTEST_PAUSE);
  for (const call of refused) expect(await call).toMatchObject({ code: 'IDEM_IN_PROGRESS' });
  // Once at the end of a pause, and once by the first that comes after it.
  expect(store.count('claim')).toBeLessThanOrEqual((200 / SHORTEST_PAUSE) * 2 + 2);
});
