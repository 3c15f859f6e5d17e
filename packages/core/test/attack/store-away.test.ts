import { expect, test } from 'vitest';
import { IdempotencyError } from '../../src/index.ts';
import { pass, useFakeTime } from '../support/fake-time.ts';
import { fixture, LEASE, raise, rejection, settled, withMethods } from '../support/fixture.ts';
import { TestStore } from '../support/test-store.ts';

useFakeTime();

test('who has only come is rejected when the store is away, however long it would wait', async () => {
  const { here, store } = fixture();
  const away = new IdempotencyError('IDEM_STORE_UNAVAILABLE', 'away', { retryable: true });
  store.fail('claim', { when: 'before', error: away });
  let rejected: unknown;
  const run = rejection(here.run('k', () => 1, { wait: 10_000 })).then((error) => {
    rejected = error;
  });
  await settled();
  expect(rejected).toBe(away);
  await run;
});

test('a release that hangs holds nobody back after the lease, however long recordTimeout is', async () => {
  const store = withMethods(new TestStore(), { release: () => new Promise(() => {}) });
  const { here } = fixture({ store, recordTimeout: LEASE * 2 });
  const declined = new Error('declined');
  let rejected: unknown;
  void rejection(here.run('k', () => raise(declined))).then((error) => {
    rejected = error;
  });
  await pass(LEASE);
  expect(rejected).toBe(declined);
});
