import { expect, test } from 'vitest';
import { IdempotencyError } from '../../src/index.ts';
import { pass, useFakeTime } from '../support/fake-time.ts';
import { deferred, fixture, rejection } from '../support/fixture.ts';

useFakeTime();

const gone = new IdempotencyError('IDEM_STORE_UNAVAILABLE', 'gone', { retryable: true });

test('a claim that may have been granted to a call that was rejected is no hindrance to the next', async () => {
  const { here, elsewhere, store } = fixture();
  store.fail('claim', { when: 'after', error: gone });
  expect(await rejection(here.run('k', () => 1))).toBe(gone);
  await pass(1);
  // Whether it displaced a claim that died nobody knows: a takeover stays owed.
  expect(await elsewhere.run('k', () => 'done')).toMatchObject({ value: 'done', takeover: true });
});

test('nor to one that waits here with another fingerprint', async () => {
  const { here, elsewhere, store } = fixture();
  const work = deferred<string>();
  const held = rejection(elsewhere.run('k', () => work.promise));
  await pass(0);
  const waiting = here.run('k', () => 'done', { wait: 60_000 });
  await pass(0);
  work.reject(new Error('declined'));
  await held;
  store.fail('claim', { when: 'after', error: gone });
  // It asks at once, before the pause of the other is over.
  expect(await rejection(here.run('k', () => 1, { fingerprint: 'a' }))).toBe(gone);
  // The pause, the renewal that lets the claim lapse in 1 ms, and the pause after it.
  await pass(100);
  const claimed = await Promise.race([waiting, pass(0)]);
  expect(claimed).toMatchObject({ value: 'done', takeover: true });
});
