import { describe, expect, test, vi } from 'vitest';
import { pass, useFakeTime } from '../support/fake-time.ts';
import { LEASE, rejection } from '../support/fixture.ts';
import { type Begin, charge, setUp, type Tx } from '../support/transactional-store.ts';

useFakeTime();

const RECORD_TIMEOUT = 500;

function hang(): Promise<never> {
  return new Promise(() => {});
}

/** It is committed, and nobody is ever told. */
function hangingAfter(commit: Begin): Begin {
  return async (work) => {
    await commit(work);
    return hang();
  };
}

describe('a commit that hangs', () => {
  test('is looked up when the lease has ended and no answer is held back for longer', async () => {
    const { store, here } = setUp({ recordTimeout: RECORD_TIMEOUT });
    const run = here.runInTransaction('k', hangingAfter(store.begin), charge);
    await pass(LEASE + RECORD_TIMEOUT);
    expect(await run).toMatchObject({ value: { charge: 1 }, replayed: false });
  });

  test('does not keep the key from the later calls of this process', async () => {
    const { store, here } = setUp({ recordTimeout: RECORD_TIMEOUT });
    const first = here.runInTransaction('k', hangingAfter(store.begin), charge);
    await pass(LEASE + RECORD_TIMEOUT);
    expect((await first).replayed).toBe(false);
    const next = await here.runInTransaction('k', store.begin, charge);
    expect(next).toMatchObject({ value: { charge: 1 }, replayed: true });
    expect(store.ledger).toEqual(['charged']);
  });
});

test('a commit that is slow, and outlives the lease, decides all the same', async () => {
  const { store, here } = setUp({ recordTimeout: RECORD_TIMEOUT });
  const slow: Begin = async (work) => {
    const result = await store.begin(work);
    await new Promise((resolve) => setTimeout(resolve, LEASE + RECORD_TIMEOUT - 1));
    return result;
  };
  const run = here.runInTransaction('k', slow, charge);
  await pass(LEASE + RECORD_TIMEOUT - 1);
  expect(await run).toMatchObject({ value: { charge: 1 }, replayed: false });
  expect(store.count('claim')).toBe(1);
});

test('a completion that hangs in the transaction does not hang the call', async () => {
  const { store, here } = setUp({ recordTimeout: RECORD_TIMEOUT });
  vi.spyOn(store, 'inTransaction').mockReturnValue({ complete: hang });
  const run = rejection(here.runInTransaction('k', store.begin, charge));
  await pass(LEASE + RECORD_TIMEOUT);
  expect(await run).toMatchObject({ code: 'IDEM_STORE_TIMEOUT', retryable: true, key: 'k' });
  expect(store.ledger).toEqual([]);
  vi.mocked(store.inTransaction).mockRestore();
  const next = await here.runInTransaction('k', store.begin, charge);
  expect(next).toMatchObject({ replayed: false, takeover: true });
});

test('nor does a rollback that hangs after a result that cannot be encoded', async () => {
  const { here } = setUp({ recordTimeout: RECORD_TIMEOUT });
  const begin: Begin = (work) => work({ writes: [], completion: undefined }).catch(hang);
  const run = rejection(here.runInTransaction('k', begin, () => Number.NaN));
  await pass(LEASE + RECORD_TIMEOUT);
  expect(await run).toMatchObject({ code: 'IDEM_RESULT_UNENCODABLE', key: 'k' });
});

test('a store that fails at once holds nobody back for longer than recordTimeout', async () => {
  const { store, here } = setUp({ recordTimeout: RECORD_TIMEOUT, lease: 30_000 });
  store.commits.push('works, but its reply is lost');
  const down = { when: 'before', error: new Error('down') } as const;
  const fn = (context: { tx: Tx }) => {
    store.fail('claim', ...Array.from({ length: 100 }, () => down));
    return charge(context);
  };
  const run = rejection(here.runInTransaction('k', store.begin, fn));
  await pass(RECORD_TIMEOUT + 1);
  expect(await run).toMatchObject({ code: 'IDEM_NOT_RECORDED', value: { charge: 1 } });
});
