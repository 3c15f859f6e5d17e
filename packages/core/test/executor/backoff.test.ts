import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, test } from 'vitest';
import { createToken, IdempotencyError, type IdempotencyErrorCode } from '../../src/index.ts';
import { pass, useFakeTime } from '../support/fake-time.ts';
import { fixture, LEASE, rejection } from '../support/fixture.ts';

useFakeTime();

const gone = new IdempotencyError('IDEM_STORE_UNAVAILABLE', 'gone', { retryable: true });

describe('while the store is down, those who wait ask less and less often', () => {
  test.each([
    ['soon after they saw the holder', 0],
    ['long after, when the lease they saw is over', LEASE * 20],
  ])('%s', async (_, before) => {
    const { here, store } = fixture();
    await pass(before);
    await store.claim('k', { token: createToken(), lease: LEASE });
    const waiting = rejection(here.run('k', () => 1, { wait: LEASE * 10 }));
    await pass(0);
    let asked = 0;
    store.claim = async () => {
      asked += 1;
      throw gone;
    };
    // To the deadline, and the five milliseconds between two questions at least.
    await pass(LEASE * 10 + 5);
    // 25, 50, … 1,000 ms, of which half may be taken away: 30 s are 65 pauses at the most.
    expect(asked).toBeLessThan(66);
    expect(await waiting).toBe(gone);
  });
});

describe('a claim that the store cannot have granted is not cleared away', () => {
  test.each<IdempotencyErrorCode>([
    'IDEM_STORE_FULL',
    'IDEM_STORE_CLOSED',
    'IDEM_SCHEMA_MISSING',
    'IDEM_RECORD_CORRUPT',
  ])('%s: nothing further is sent, and one failure is published', async (code) => {
    const { here, store } = fixture();
    const error = new IdempotencyError(code, code);
    store.fail('claim', { when: 'before', error });
    const failures: unknown[] = [];
    const listen = (event: unknown): void => void failures.push(event);
    subscribe('idem:failed', listen);
    expect(await rejection(here.run('k', () => 1))).toBe(error);
    await pass(LEASE);
    unsubscribe('idem:failed', listen);
    expect(store.log).toEqual([]);
    expect(failures).toEqual([{ key: 'k', stage: 'claim', error }]);
  });
});
