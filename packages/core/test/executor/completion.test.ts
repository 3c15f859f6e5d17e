import { expect, test, vi } from 'vitest';
import { isIdempotencyError } from '../../src/index.ts';
import { pass, useFakeTime } from '../support/fake-time.ts';
import { fixture, LEASE, rejection } from '../support/fixture.ts';

useFakeTime();

const unreachable = { when: 'before', error: new Error('connection refused') } as const;
const lostReply = { when: 'after', error: new Error('connection reset') } as const;

test('a completion that fails is tried again while the lease lasts', async () => {
  const { here, store } = fixture();
  store.fail('complete', unreachable, lostReply, unreachable);
  const run = here.run('k', () => 'done');
  await pass(LEASE - 1);
  expect((await run).value).toBe('done');
  expect((await here.run('k', () => 'again')).value).toBe('done');
  expect(vi.getTimerCount()).toBe(0);
});

test('a result that cannot be recorded is handed over in the error when the lease ends', async () => {
  const { here, store } = fixture();
  store.fail('complete', ...Array.from({ length: 100 }, () => unreachable));
  const run = rejection(here.run('k', () => ({ charge: 'ch_1', at: new Date(0) })));
  await pass(LEASE);
  const error = await run;
  if (!isIdempotencyError(error, 'IDEM_NOT_RECORDED')) throw error;
  expect(error.value).toEqual({ charge: 'ch_1', at: '1970-01-01T00:00:00.000Z' });
  expect(error.cause).toBe(unreachable.error);
  expect(error.retryable).toBe(false);
  expect(vi.getTimerCount()).toBe(0);
});

test('a completion that hangs ends with the lease', async () => {
  const { here, store } = fixture();
  store.fail('complete', { when: 'held', until: new Promise(() => {}) });
  const run = rejection(here.run('k', () => 'done'));
  await pass(LEASE);
  expect(await run).toMatchObject({ code: 'IDEM_NOT_RECORDED', value: 'done' });
});

test('what no repetition can cure is not repeated', async () => {
  const { here, store } = fixture();
  const error = await rejection(
    here.run('k', async () => {
      await store.close();
      return 'done';
    }),
  );
  expect(error).toMatchObject({ code: 'IDEM_NOT_RECORDED', value: 'done' });
  expect(error).toMatchObject({ cause: { code: 'IDEM_STORE_CLOSED' } });
});

test('a refused completion is a lost lease, and the other result stands', async () => {
  const { here, elsewhere, store } = fixture();
  const error = await rejection(
    here.run('k', async () => {
      store.lapse('k');
      await elsewhere.run('k', () => 'theirs');
      return 'ours';
    }),
  );
  expect(error).toMatchObject({ code: 'IDEM_LEASE_LOST' });
  expect((await here.run('k', () => 'again')).value).toBe('theirs');
});

test('those who wait for a result that is not recorded ask the store themselves', async () => {
  const { here, store } = fixture();
  store.fail('complete', ...Array.from({ length: 100 }, () => unreachable));
  const run = rejection(here.run('k', () => 'first'));
  const waiting = here.run('k', ({ takeover }) => takeover, { wait: 60_000 });
  await pass(LEASE);
  expect(await run).toMatchObject({ code: 'IDEM_NOT_RECORDED' });
  store.heal('complete');
  await pass(LEASE);
  expect(await waiting).toMatchObject({ value: true, replayed: false });
});
