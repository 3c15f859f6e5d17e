import { describe, expect, test } from 'vitest';
import { isIdempotencyError } from '../../src/index.ts';
import { fixture, raise, rejection } from '../support/fixture.ts';
import { setUp } from '../support/transactional-store.ts';

const result = { charge: 'ch_1', amounts: new Map([['EUR', 1]]) };

test('the call that executed has the value, as it was; the others have the refusal alone', async () => {
  const { here, elsewhere } = fixture();
  const first = await rejection(here.run('k', () => result));
  const replay = await rejection(elsewhere.run('k', () => result));
  for (const error of [first, replay]) {
    expect(error).toMatchObject({ code: 'IDEM_RESULT_UNENCODABLE', key: 'k', retryable: false });
  }
  if (!isIdempotencyError(first, 'IDEM_RESULT_UNENCODABLE')) throw first;
  expect(first.value).toBe(result);
  expect(replay).not.toHaveProperty('value');
});

test('so has one that waited in the same process the refusal alone', async () => {
  const { here } = fixture({ wait: 1_000 });
  const calls = [1, 2].map(() => rejection(here.run('k', async () => result)));
  const [first, second] = await Promise.all(calls);
  expect(first).toHaveProperty('value', result);
  expect(second).not.toHaveProperty('value');
});

test('the value is not enumerable: what logs the error does not log it', async () => {
  const { here } = fixture();
  const error = await rejection(here.run('k', () => result));
  expect(Object.keys(Object(error))).not.toContain('value');
  expect(JSON.stringify(error)).not.toContain('ch_1');
});

test('what was thrown, where errors are results, is in `thrown`', async () => {
  const { here } = fixture({ recordErrors: () => true });
  const thrown = { status: 402, balances: new Map() };
  const first = await rejection(here.run('k', () => raise(thrown)));
  if (!isIdempotencyError(first, 'IDEM_RESULT_UNENCODABLE')) throw first;
  expect(first.thrown).toBe(thrown);
  expect(first.key).toBe('k');
  const replay = await rejection(here.run('k', () => 'executed twice'));
  expect(replay).toMatchObject({ code: 'IDEM_RESULT_UNENCODABLE', key: 'k' });
  expect(replay).not.toHaveProperty('thrown');
});

describe('in a transaction', () => {
  test('it has the value too, the effect is rolled back, and a retry executes', async () => {
    const { store, here } = setUp();
    const error = await rejection(here.runInTransaction('k', store.begin, () => result));
    if (!isIdempotencyError(error, 'IDEM_RESULT_UNENCODABLE')) throw error;
    expect(error.value).toBe(result);
    expect((await here.runInTransaction('k', store.begin, () => 'done')).replayed).toBe(false);
  });
});
