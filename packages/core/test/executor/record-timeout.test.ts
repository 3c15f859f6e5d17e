import { describe, expect, test, vi } from 'vitest';
import { pass, useFakeTime } from '../support/fake-time.ts';
import { fixture, LEASE, raise, rejection } from '../support/fixture.ts';

useFakeTime();

const RECORD_TIMEOUT = 200;
const options = { recordTimeout: RECORD_TIMEOUT };
const gone = { when: 'before', error: new Error('connection refused') } as const;
const outage = Array.from({ length: 100 }, () => gone);

async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void promise.then(() => {
    settled = true;
  });
  await pass(0);
  return settled;
}

describe('an answer that cannot be recorded is held back for recordTimeout', () => {
  test.each([
    ['while completions fail', outage],
    ['while one hangs', [{ when: 'held', until: new Promise(() => {}) } as const]],
  ])('%s', async (_, faults) => {
    const { here, store } = fixture(options);
    store.fail('complete', ...faults);
    const run = rejection(here.run('k', () => ({ charge: 1 })));
    await pass(RECORD_TIMEOUT - 1);
    expect(await isSettled(run)).toBe(false);
    await pass(1);
    expect(await run).toMatchObject({
      code: 'IDEM_NOT_RECORDED',
      value: { charge: 1 },
      key: 'k',
      retryable: false,
    });
  });

  test('five seconds by default', async () => {
    const { here, store } = fixture({ lease: 30_000 });
    store.fail('complete', ...outage);
    const run = rejection(here.run('k', () => 'done'));
    await pass(4_999);
    expect(await isSettled(run)).toBe(false);
    await pass(1);
    expect(await run).toMatchObject({ code: 'IDEM_NOT_RECORDED' });
  });

  test('counted from when the function was done, not from when it began', async () => {
    const { here, store } = fixture(options);
    store.fail('complete', ...outage);
    const sleep = () => new Promise((done) => setTimeout(() => done('done'), LEASE));
    const run = rejection(here.run('k', sleep));
    await pass(LEASE + RECORD_TIMEOUT - 1);
    expect(await isSettled(run)).toBe(false);
    await pass(1);
    expect(await run).toMatchObject({ code: 'IDEM_NOT_RECORDED' });
  });

  test('an error that is a result comes out as it is', async () => {
    const { here, store } = fixture({ ...options, recordErrors: () => true });
    store.fail('complete', ...outage);
    const run = rejection(here.run('k', () => raise(new Error('declined'))));
    await pass(RECORD_TIMEOUT);
    expect(await run).toMatchObject({ message: 'declined' });
  });
});

describe('recording goes on behind the back of the caller, until the lease ends', () => {
  test('and what is recorded then is had by those who wait, and replayed', async () => {
    const { here, elsewhere, store } = fixture(options);
    store.fail('complete', ...outage);
    const run = rejection(here.run('k', () => 'done'));
    const waiting = [here, elsewhere].map((from) => from.run('k', () => 'twice', { wait: LEASE }));
    await pass(RECORD_TIMEOUT);
    await run;
    store.heal('complete');
    await pass(LEASE / 2);
    expect(await Promise.all(waiting)).toEqual([
      { value: 'done', replayed: true },
      { value: 'done', replayed: true },
    ]);
    expect(await here.run('k', () => 'twice')).toEqual({ value: 'done', replayed: true });
    await pass(LEASE);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('and not after that: the next executes, told of the takeover', async () => {
    const { here, store } = fixture(options);
    store.fail('complete', ...outage);
    const run = rejection(here.run('k', () => 'done'));
    await pass(LEASE);
    await run;
    const sent = store.count('complete');
    store.heal('complete');
    expect(await here.run('k', ({ takeover }) => takeover)).toMatchObject({ value: true });
    await pass(LEASE);
    expect(store.count('complete')).toBe(sent + 1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('a call that comes meanwhile is in progress', async () => {
    const { here, store } = fixture(options);
    store.fail('complete', ...outage);
    const run = rejection(here.run('k', () => 'done'));
    await pass(RECORD_TIMEOUT);
    await run;
    const refused = await rejection(here.run('k', () => 'twice'));
    expect(refused).toMatchObject({ code: 'IDEM_IN_PROGRESS' });
  });
});
