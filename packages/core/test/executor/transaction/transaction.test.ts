import { describe, expect, test, vi } from 'vitest';
import { Idempotency, IdempotencyError } from '../../src/index.ts';
import { rejection } from '../support/fixture.ts';
import { TransactionalTestStore, type Tx } from '../support/transactional-store.ts';

function setUp() {
  const store = new TransactionalTestStore();
  const make = () => new Idempotency({ store, ttl: 60_000, lease: 3_000 });
  return { store, here: make(), elsewhere: make() };
}

const charge = ({ tx }: { tx: Tx }) => {
  tx.writes.push('charged');
  return { charge: 1 };
};

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
  const { store } = setUp();
  const here = new Idempotency({ store, ttl: 60_000, recordErrors: () => true });
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

describe('a commit that nobody confirmed', () => {
  test('and that took effect is a success', async () => {
    const { store, here } = setUp();
    store.commit = 'works, but its reply is lost';
    expect((await here.runInTransaction('k', store.begin, charge)).value).toEqual({ charge: 1 });
    expect((await here.runInTransaction('k', store.begin, charge)).replayed).toBe(true);
    expect(store.ledger).toEqual(['charged']);
  });

  test('and that did not take effect is a failure, and a retry executes', async () => {
    const { store, here } = setUp();
    store.commit = 'fails';
    const error = await rejection(here.runInTransaction('k', store.begin, charge));
    expect(error).toMatchObject({ message: 'connection reset' });
    const retry = await here.runInTransaction('k', store.begin, charge);
    expect(retry).toMatchObject({ replayed: false, takeover: false });
    expect(store.ledger).toEqual(['charged']);
  });

  test('and of which the store cannot tell, hands the value over', async () => {
    const { store, here } = setUp();
    const fn = async (context: { tx: Tx }) => {
      store.commit = 'works, but its reply is lost';
      const error = new Error('gone');
      store.fail('claim', { when: 'before', error }, { when: 'before', error });
      return charge(context);
    };
    // Two failures are outlived; the store answers the third time.
    expect((await here.runInTransaction('k', store.begin, fn)).value).toEqual({ charge: 1 });
    const closing = (context: { tx: Tx }) => {
      store.commit = 'works, but its reply is lost';
      const error = new IdempotencyError('IDEM_STORE_CLOSED', 'closed');
      store.fail('claim', { when: 'before', error });
      return charge(context);
    };
    const error = await rejection(here.runInTransaction('l', store.begin, closing));
    expect(error).toMatchObject({ code: 'IDEM_NOT_RECORDED', value: { charge: 1 } });
  });
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
