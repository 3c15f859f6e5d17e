import { describe, expect, test, vi } from 'vitest';
import { IdempotencyError } from '../../../src/index.ts';
import { pass, stall, useFakeTime } from '../../support/fake-time.ts';
import { deferred, LEASE, raise, rejection } from '../../support/fixture.ts';
import { type Begin, charge, setUp, type Tx } from '../../support/transactional-store.ts';

useFakeTime();

test('the function is not called when the transaction began after the lease was over', async () => {
  const { store, here, elsewhere } = setUp();
  const fn = vi.fn(charge);
  const begin: Begin = async (work) => {
    stall(LEASE + 1);
    await elsewhere.runInTransaction('k', store.begin, charge);
    return store.begin(work);
  };
  const error = await rejection(here.runInTransaction('k', begin, fn));
  expect(fn).not.toHaveBeenCalled();
  expect(error).toMatchObject({ code: 'IDEM_LEASE_LOST' });
  expect(store.ledger).toEqual(['charged']);
});

describe('a rollback that fails does not hide what came first', () => {
  /** As a driver does whose transaction the server has ended already (SQL Server: 3903). */
  const failingRollback: Begin = (work) =>
    work({ writes: [], completion: undefined }).catch(() => raise(new Error('no transaction')));

  test('when the function threw', async () => {
    const { here } = setUp();
    const deadlock = new IdempotencyError('IDEM_STORE_BUSY', 'deadlock', { retryable: true });
    const run = here.runInTransaction('k', failingRollback, () => raise(deadlock));
    expect(await rejection(run)).toBe(deadlock);
  });

  test('when the record could not be written', async () => {
    const { store, here } = setUp();
    const deadlock = new IdempotencyError('IDEM_STORE_BUSY', 'deadlock', { retryable: true });
    vi.spyOn(store, 'inTransaction').mockReturnValue({ complete: () => Promise.reject(deadlock) });
    expect(await rejection(here.runInTransaction('k', failingRollback, charge))).toBe(deadlock);
    // Nothing was written, so a retry need not wait.
    vi.mocked(store.inTransaction).mockRestore();
    expect(await here.runInTransaction('k', store.begin, charge)).toMatchObject({
      takeover: false,
    });
  });

  test('when the result could not be encoded', async () => {
    const { here } = setUp();
    const run = here.runInTransaction('k', failingRollback, () => Number.NaN);
    expect(await rejection(run)).toMatchObject({ code: 'IDEM_RESULT_UNENCODABLE', key: 'k' });
  });
});

describe('a begin that abandons its work', () => {
  const timeout = new Error('transaction timeout');

  test('rejects at once; what the work did besides is told to the next, and what it returns is not recorded', async () => {
    const { store, here, elsewhere } = setUp();
    const work = deferred<void>();
    let abandoned: Promise<unknown> | undefined;
    const begin: Begin = (run) => {
      abandoned = store.begin(run).catch((error: unknown) => error);
      return Promise.reject(timeout);
    };
    const fn = async (context: { tx: Tx }) => {
      await work.promise;
      return charge(context);
    };
    expect(await rejection(here.runInTransaction('k', begin, fn))).toBe(timeout);
    await pass(1);
    work.resolve();
    await abandoned;
    expect(store.ledger).toEqual([]);
    const next = await elsewhere.runInTransaction('k', store.begin, charge);
    expect(next).toMatchObject({ replayed: false, takeover: true });
    expect(store.ledger).toEqual(['charged']);
  });

  test('before it ran it: the key is free', async () => {
    const { store, here, elsewhere } = setUp();
    const begin: Begin = () => Promise.reject(timeout);
    expect(await rejection(here.runInTransaction('k', begin, charge))).toBe(timeout);
    const next = await elsewhere.runInTransaction('k', store.begin, charge);
    expect(next).toMatchObject({ replayed: false, takeover: false });
  });
});

test('a begin that has rejected does not run the work any more, though the claim is not released yet', async () => {
  const { store, here } = setUp();
  const released = deferred();
  store.fail('release', { when: 'held', until: released.promise });
  const timeout = new Error('transaction timeout');
  const fn = vi.fn(charge);
  let late: (() => Promise<unknown>) | undefined;
  const begin: Begin = (work) => {
    late = () => store.begin(work);
    return Promise.reject(timeout);
  };
  const run = rejection(here.runInTransaction('k', begin, fn));
  await pass(0);
  expect(await late?.().catch((error: unknown) => error)).toBeInstanceOf(Error);
  expect(fn).not.toHaveBeenCalled();
  released.resolve();
  expect(await run).toBe(timeout);
  expect(store.ledger).toEqual([]);
});

describe('a store that hangs when the transaction is over holds the error back for recordTimeout', () => {
  const recordTimeout = 500;
  const hang = (): Promise<never> => new Promise(() => {});

  /** What the call is rejected with once that time is over. */
  async function rejectedWith(
    made: ReturnType<typeof setUp>,
    begin: Begin,
    fn: () => unknown,
  ): Promise<unknown> {
    let rejected: unknown;
    void rejection(made.here.runInTransaction('k', begin, fn)).then((error) => {
      rejected = error;
    });
    await pass(recordTimeout);
    return rejected;
  }

  test('in release, after a begin that failed of itself', async () => {
    const made = setUp({ recordTimeout });
    vi.spyOn(made.store, 'release').mockImplementation(hang);
    const noPool = new Error('no pool');
    expect(
      await rejectedWith(
        made,
        () => Promise.reject(noPool),
        () => 1,
      ),
    ).toBe(noPool);
  });

  test('in complete, where the error is a result', async () => {
    const made = setUp({ recordTimeout, recordErrors: () => true });
    vi.spyOn(made.store, 'complete').mockImplementation(hang);
    const fn = (): never => raise(new Error('declined'));
    expect(await rejectedWith(made, made.store.begin, fn)).toMatchObject({ message: 'declined' });
  });
});

test('nothing further is sent for a claim that is lost when the transaction rolls back', async () => {
  const { store, here } = setUp();
  const work = deferred<string>();
  const lost = rejection(here.runInTransaction('k', store.begin, () => work.promise));
  await pass(0);
  await here.forget('k');
  expect(await lost).toMatchObject({ code: 'IDEM_LEASE_LOST' });
  store.log.length = 0;
  work.reject(new Error('aborted'));
  await pass(LEASE);
  expect(store.log).toEqual([]);
});

test('a rollback and a release that both hang hold nobody back after the lease and recordTimeout', async () => {
  const { store, here } = setUp({ recordTimeout: 100 });
  const hang = (): Promise<never> => new Promise(() => {});
  vi.spyOn(store, 'release').mockImplementation(hang);
  const begin: Begin = (work) => work({ writes: [], completion: undefined }).catch(hang);
  let rejected: unknown;
  void rejection(here.runInTransaction('k', begin, () => Number.NaN)).then((error) => {
    rejected = error;
  });
  await pass(LEASE + 100);
  expect(rejected).toMatchObject({ code: 'IDEM_RESULT_UNENCODABLE', key: 'k' });
});

test('a begin that throws at once rejects the call', async () => {
  const { here } = setUp();
  const broken = new Error('no pool');
  const error = await rejection(here.runInTransaction('k', () => raise(broken), charge));
  expect(error).toBe(broken);
});

test('a completion in the transaction that is answered neither yes nor no is an error, and rolled back', async () => {
  const { store, here } = setUp();
  vi.spyOn(store, 'inTransaction').mockReturnValue({ complete: async () => JSON.parse('1') });
  const error = await rejection(here.runInTransaction('k', store.begin, charge));
  expect(error).toMatchObject({ code: 'IDEM_STORE_FAILED', key: 'k' });
  expect(store.ledger).toEqual([]);
});
