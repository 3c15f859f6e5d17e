import { describe, expect, test } from 'vitest';
import type { RunOptions } from '../../src/index.ts';
import { pass, useFakeTime } from '../support/fake-time.ts';
import { deferred, fixture, LEASE, raise, rejection, TTL } from '../support/fixture.ts';
import { leave } from '../support/leave.ts';

useFakeTime();

async function ttlOf(executors: ReturnType<typeof fixture>, key: string): Promise<number> {
  const status = await executors.here.status(key);
  if (status.state !== 'completed') throw new Error(status.state);
  return status.ttlRemaining;
}

describe('how long a record lives', () => {
  const fails = () => raise(new Error('declined'));

  test('by default the ttl of the executor, for errors too', async () => {
    const made = fixture({ recordErrors: () => true });
    await made.here.run('value', () => 1);
    await rejection(made.here.run('error', fails));
    expect(await ttlOf(made, 'value')).toBe(TTL);
    expect(await ttlOf(made, 'error')).toBe(TTL);
  });

  test('the ttl of the call, and then of its error too', async () => {
    const made = fixture({ recordErrors: () => true });
    await made.here.run('value', () => 1, { ttl: LEASE });
    await rejection(made.here.run('error', fails, { ttl: LEASE }));
    expect(await ttlOf(made, 'value')).toBe(LEASE);
    expect(await ttlOf(made, 'error')).toBe(LEASE);
    await pass(LEASE);
    expect((await made.here.run('value', () => 2)).value).toBe(2);
  });

  test('the errorTtl of the executor, and that of the call before it', async () => {
    const made = fixture({ recordErrors: () => true, errorTtl: 500 });
    await made.here.run('value', () => 1, { errorTtl: 20 });
    await rejection(made.here.run('error', fails));
    await rejection(made.here.run('shorter', fails, { errorTtl: 20 }));
    expect(await ttlOf(made, 'value')).toBe(TTL);
    expect(await ttlOf(made, 'error')).toBe(500);
    expect(await ttlOf(made, 'shorter')).toBe(20);
  });

  test('a refusal of the result stands for a success, and lives as long as that would', async () => {
    const made = fixture({ errorTtl: 500 });
    await rejection(made.here.run('k', () => Number.NaN));
    expect(await ttlOf(made, 'k')).toBe(TTL);
  });
});

describe('the lease of the call', () => {
  test('is what is claimed and renewed', async () => {
    const { here, store } = fixture();
    const work = deferred<string>();
    const run = here.run('k', () => work.promise, { lease: 300 });
    await pass(0);
    expect(await here.status('k')).toMatchObject({ leaseRemaining: 300 });
    await pass(1_000);
    expect(store.count('renew')).toBe(10);
    work.resolve('done');
    expect((await run).value).toBe('done');
  });

  test('may be longer than maxHold, which is then as long', async () => {
    const { here, store } = fixture({ maxHold: LEASE });
    const work = deferred<string>();
    const run = here.run('k', () => work.promise, { lease: LEASE * 3 });
    await pass(LEASE * 3.5);
    expect(store.count('renew')).toBe(3);
    work.resolve('done');
    expect((await run).value).toBe('done');
  });
});

test('the wait of the call counts before that of the executor, 0 too', async () => {
  const { here, elsewhere } = fixture({ wait: LEASE });
  leave(elsewhere.run('k', () => new Promise(() => {})));
  await pass(0);
  const refused = rejection(here.run('k', () => 1, { wait: 0 }));
  expect(await refused).toMatchObject({ code: 'IDEM_IN_PROGRESS' });
});

test('which results the call keeps counts before what the executor says', async () => {
  const { here } = fixture({ recordResult: (value) => value !== 'kept by the call' });
  const keep = { recordResult: () => true };
  const drop = { recordResult: (value: unknown) => value !== 'dropped by the call' };
  await here.run('kept', () => 'kept by the call', keep);
  expect((await here.run('kept', () => 'again', keep)).replayed).toBe(true);
  expect((await here.run('dropped', () => 'dropped by the call', drop)).replayed).toBe(false);
  expect((await here.run('dropped', () => 'again', drop)).value).toBe('again');
});

describe('what is refused before anything is sent', () => {
  test.each<[string, RunOptions]>([
    ['IDEM_INVALID_TTL', { ttl: 0 }],
    ['IDEM_INVALID_TTL', { ttl: 1.5 }],
    ['IDEM_INVALID_TTL', { errorTtl: Number.NaN }],
    ['IDEM_INVALID_TTL', { errorTtl: -1 }],
    ['IDEM_INVALID_LEASE', { lease: 0 }],
    ['IDEM_INVALID_LEASE', { lease: Number.POSITIVE_INFINITY }],
    ['IDEM_TTL_TOO_SHORT', { ttl: LEASE - 1 }],
    ['IDEM_TTL_TOO_SHORT', { lease: TTL + 1 }],
    ['IDEM_TTL_TOO_SHORT', { ttl: 10, lease: 11 }],
    ['IDEM_INVALID_OPTIONS', { wait: -1 }],
    // @ts-expect-error: a promise is always true
    ['IDEM_INVALID_OPTIONS', { recordResult: async () => false }],
  ])('%s: %o', async (code, options) => {
    const { here, store } = fixture();
    expect(await rejection(here.run('k', () => 1, options))).toMatchObject({ code });
    expect(store.log).toEqual([]);
  });

  test('undefined is none: what the executor has counts', async () => {
    const made = fixture();
    const none = { ttl: undefined, errorTtl: undefined, lease: undefined, wait: undefined };
    await made.here.run('k', () => 1, { ...none, signal: undefined });
    expect(await ttlOf(made, 'k')).toBe(TTL);
  });
});
