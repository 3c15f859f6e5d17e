import { describe, expect, test, vi } from 'vitest';
import { pass, useFakeTime } from '../support/fake-time.ts';
import { deferred, fixture, LEASE, rejection } from '../support/fixture.ts';
import { leave } from '../support/leave.ts';
import { WakingTestStore } from '../support/waking-store.ts';

useFakeTime();

/** Milliseconds that pass between two questions at least. */
const SHORTEST_PAUSE = 5;

/** Another process executes, and a call of this one has waited for it a while. */
async function waitingFor(store: WakingTestStore, wait = 60_000) {
  const { here, elsewhere } = fixture({ store });
  const work = deferred<string>();
  const held = elsewhere.run('k', () => work.promise);
  await pass(0);
  const waiting = here.run('k', () => 'executed', { wait });
  await pass(LEASE);
  return { here, elsewhere, work, held, waiting, store };
}

describe('a store that wakes: who waits in another process has at once', () => {
  test('the result', async () => {
    const { work, waiting } = await waitingFor(new WakingTestStore());
    work.resolve('done');
    await pass(SHORTEST_PAUSE);
    expect(await waiting).toEqual({ value: 'done', replayed: true });
  });

  test('which no timer has to bring, when the last question is 5 ms ago', async () => {
    const { here, elsewhere } = fixture({ store: new WakingTestStore() });
    const work = deferred<string>();
    leave(elsewhere.run('k', () => work.promise));
    await pass(0);
    const waiting = here.run('k', () => 'twice', { wait: 60_000 });
    await pass(SHORTEST_PAUSE);
    work.resolve('done');
    expect(await Promise.race([waiting, pass(0)])).toEqual({ value: 'done', replayed: true });
  });

  test('the key, when the other fails', async () => {
    const { work, held, waiting } = await waitingFor(new WakingTestStore());
    work.reject(new Error('declined'));
    expect(await rejection(held)).toMatchObject({ message: 'declined' });
    await pass(SHORTEST_PAUSE);
    expect(await waiting).toMatchObject({ value: 'executed', takeover: false });
  });

  test('and watches only while somebody waits, once for all of them', async () => {
    const { here, work, waiting, store } = await waitingFor(new WakingTestStore());
    const others = Array.from({ length: 100 }, () => here.run('k', () => 'never', { wait: LEASE }));
    await pass(1);
    expect(store.watchers).toBe(1);
    work.resolve('done');
    await pass(SHORTEST_PAUSE);
    await Promise.all([waiting, ...others]);
    expect(store.watchers).toBe(0);
  });

  test('a call that does not wait does not watch', async () => {
    const { here, elsewhere, store } = fixture({ store: new WakingTestStore() });
    const watch = vi.spyOn(store, 'watch');
    leave(elsewhere.run('k', () => new Promise(() => {})));
    await pass(0);
    await rejection(here.run('k', () => 1));
    await here.run('l', () => 1);
    expect(watch).not.toHaveBeenCalled();
  });

  test('asks less often meanwhile than without', async () => {
    const asked = async (losing: boolean): Promise<number> => {
      const store = new WakingTestStore();
      store.losesWakeUps = losing;
      if (losing) Object.assign(store, { supports: fixture().store.supports });
      const { work, waiting } = await waitingFor(store);
      const { length } = store.log.filter(({ operation }) => operation === 'claim');
      work.resolve('done');
      await pass(2_000);
      await waiting;
      return length;
    };
    expect(await asked(false)).toBeLessThan(await asked(true));
  });
});

describe('wake-ups only save questions', () => {
  test('where they are lost, the pauses end all the same, and are as long as a second', async () => {
    const store = new WakingTestStore();
    store.losesWakeUps = true;
    const { work, waiting } = await waitingFor(store);
    // In three seconds: the holder's own, the first, one at once, and the pauses of 200 to 1,000 ms.
    expect(store.count('claim')).toBeLessThan(12);
    work.resolve('done');
    await pass(1_000);
    expect(await waiting).toEqual({ value: 'done', replayed: true });
  });

  test('what happens between the answer and the watching is found soon after', async () => {
    const store = new WakingTestStore();
    const { here, elsewhere } = fixture({ store });
    const work = deferred<string>();
    leave(elsewhere.run('k', () => work.promise));
    await pass(0);
    store.losesWakeUps = true;
    const waiting = here.run('k', () => 'twice', { wait: 60_000 });
    await pass(0);
    work.resolve('done');
    await pass(0);
    store.losesWakeUps = false;
    await pass(25);
    expect(await waiting).toEqual({ value: 'done', replayed: true });
  });

  test('one that comes while watching begins counts', async () => {
    const store = new WakingTestStore();
    const { here, elsewhere } = fixture({ store });
    const work = deferred<string>();
    leave(elsewhere.run('k', () => work.promise));
    await pass(0);
    const watch = store.watch.bind(store);
    vi.spyOn(store, 'watch').mockImplementation((key, wake) => {
      wake();
      return watch(key, wake);
    });
    const waiting = here.run('k', () => 'twice', { wait: 60_000 });
    await pass(0);
    const before = store.count('claim');
    await pass(SHORTEST_PAUSE);
    expect(store.count('claim')).toBe(before + 1);
    work.resolve('done');
    await pass(1_000);
    expect((await waiting).value).toBe('done');
  });

  test('where they are lost, a claim that lapses is taken over', async () => {
    const store = new WakingTestStore();
    store.losesWakeUps = true;
    const { held, waiting } = await waitingFor(store);
    void rejection(held);
    store.lapse('k');
    await pass(1_000);
    expect(await waiting).toMatchObject({ value: 'executed', takeover: true });
  });

  test('where they come without a reason, and again and again, the store is asked at most every 5 ms', async () => {
    const { waiting, work, store } = await waitingFor(new WakingTestStore());
    const before = store.count('claim');
    for (let n = 0; n < 1_000; n++) {
      store.wake('k');
      await pass(n % 10 === 0 ? 1 : 0);
    }
    expect(store.count('claim') - before).toBeLessThanOrEqual(100 / SHORTEST_PAUSE + 1);
    work.resolve('done');
    await pass(SHORTEST_PAUSE);
    expect((await waiting).value).toBe('done');
  });

  test('one without a reason brings one question, not many', async () => {
    const { waiting, work, store } = await waitingFor(new WakingTestStore());
    store.wake('k');
    await pass(SHORTEST_PAUSE);
    const before = store.count('claim');
    await pass(1_000);
    // The pauses are 200 to 1,000 ms, of which half may be taken away.
    expect(store.count('claim') - before).toBeLessThanOrEqual(10);
    work.resolve('done');
    await pass(SHORTEST_PAUSE);
    expect((await waiting).value).toBe('done');
  });

  test('one that comes while the store is asked is not lost', async () => {
    const { waiting, work, held, store } = await waitingFor(new WakingTestStore());
    const claim = store.claim.bind(store);
    const reply = deferred();
    store.claim = async (key, request) => {
      const answer = await claim(key, request);
      await reply.promise;
      return answer;
    };
    // The pause ends, the store says "in progress", and before that is heard the other completes.
    await pass(1_000);
    work.resolve('done');
    await held;
    reply.resolve();
    store.claim = claim;
    await pass(SHORTEST_PAUSE);
    expect(await waiting).toEqual({ value: 'done', replayed: true });
  });

  test('where watching throws, asking goes on', async () => {
    const store = new WakingTestStore();
    vi.spyOn(store, 'watch').mockImplementation(() => {
      throw new Error('no subscription');
    });
    const { work, waiting } = await waitingFor(store);
    work.resolve('done');
    await pass(1_000);
    expect(await waiting).toEqual({ value: 'done', replayed: true });
  });

  test('where unwatching throws, the call has its result', async () => {
    const store = new WakingTestStore();
    vi.spyOn(store, 'watch').mockReturnValue(() => {
      throw new Error('no subscription');
    });
    const { work, waiting } = await waitingFor(store);
    work.resolve('done');
    await pass(1_000);
    expect(await waiting).toEqual({ value: 'done', replayed: true });
  });
});
