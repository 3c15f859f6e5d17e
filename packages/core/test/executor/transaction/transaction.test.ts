import { expect, test, vi } from 'vitest';
import { rejection } from '../../support/fixture.ts';
import { charge, setUp, type Tx } from '../../support/transactional-store.ts';

test('the effect and the record commit together, and the result is replayed', async () => {
  const { store, here, elsewhere } = setUp();
  const first = await here.runInTransaction('k', store.begin, charge);
  expect(first).toEqual({ value: { charge: 1 }, replayed: false, fence: 1, takeover: false });
  const replay = await elsewhere.runInTransaction('k', store.begin, charge);
  expect(replay).toEqual({ value: { charge: 1 }, replayed: true });
  expect(store.ledger).toEqual(['charged']);
});

test('a function that throws is rolled back, and a retry executes', async () => {
  const { store, here } = setUp();
  const declined = new Error('declined');
  const fn = ({ tx }: { tx: Tx }) => {
    tx.writes.push('half');
    throw declined;
  };
  expect(await rejection(here.runInTransaction('k', store.begin, fn))).toBe(declined);
  await here.runInTransaction('k', store.begin, charge);
  expect(store.ledger).toEqual(['charged']);
});

test('an error that is a result is recorded after the rollback', async () => {
  const { store, here } = setUp({ recordErrors: () => true });
  const fn = vi.fn(({ tx }: { tx: Tx }) => {
    tx.writes.push('half');
    throw new Error('declined');
  });
  for (const _ of ['first', 'replay']) {
    const error = await rejection(here.runInTransaction('k', store.begin, fn));
    expect(error).toMatchObject({ message: 'declined' });
  }
  expect(fn).toHaveBeenCalledTimes(1);
  expect(store.ledger).toEqual([]);
});

test('a holder that outlived its lease is rolled back', async () => {
  const { store, here, elsewhere } = setUp();
  const late = async (context: { tx: Tx }) => {
    store.lapse('k');
    await elsewhere.runInTransaction('k', store.begin, charge);
    return charge(context);
  };
  const error = await rejection(here.runInTransaction('k', store.begin, late));
  expect(error).toMatchObject({ code: 'IDEM_LEASE_LOST' });
  expect(store.ledger).toEqual(['charged']);
});

test('a result that cannot be recorded is rolled back', async () => {
  const { store, here } = setUp();
  const fn = ({ tx }: { tx: Tx }) => {
    tx.writes.push('charged');
    return Number.NaN;
  };
  const error = await rejection(here.runInTransaction('k', store.begin, fn));
  expect(error).toMatchObject({ code: 'IDEM_RESULT_UNENCODABLE' });
  await here.runInTransaction('k', store.begin, charge);
  expect(store.ledger).toEqual(['charged']);
});

test('a transaction that is begun again after a deadlock executes again, and is recorded once', async () => {
  const { store, here } = setUp();
  const retrying = async <R>(work: (tx: Tx) => Promise<R>): Promise<R> => {
    await work({ writes: [], completion: undefined });
    return store.begin(work);
  };
  const fn = vi.fn(charge);
  expect((await here.runInTransaction('k', retrying, fn)).replayed).toBe(false);
  expect(fn).toHaveBeenCalledTimes(2);
  expect(store.ledger).toEqual(['charged']);
});

test('a begin that does not run the work is refused, not taken for success', async () => {
  const { here } = setUp();
  const begin = async <R>(_: (tx: Tx) => Promise<R>): Promise<R> =>
    Promise.race<R>([JSON.parse('1')]);
  const error = await rejection(here.runInTransaction('k', begin, charge));
  expect(error).toMatchObject({ code: 'IDEM_INVALID_OPTIONS' });
});
