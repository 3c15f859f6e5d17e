import { describe, expect, test, vi } from 'vitest';
import { pass, useFakeTime } from '../../support/fake-time.ts';
import { LEASE, rejection } from '../../support/fixture.ts';
import { charge, setUp, type Tx } from '../../support/transactional-store.ts';

useFakeTime();

describe('a store that is asked who keeps the claim while the transaction lasts', () => {
  const long = async ({ tx }: { readonly tx: Tx }) => {
    await new Promise((done) => setTimeout(done, LEASE / 2));
    return charge({ tx });
  };

  test('is asked before the function, with the token, for the maximum hold and the lease that is renewed last', async () => {
    const { store, here } = setUp({ maxHold: LEASE * 5 });
    const order: string[] = [];
    const hold = vi.fn(async () => {
      order.push('hold');
      return 'renewed' as const;
    });
    store.hold = hold;
    let token = '';
    await here.runInTransaction('k', store.begin, (context) => {
      order.push('fn');
      token = context.token;
      return charge(context);
    });
    expect(order).toEqual(['hold', 'fn']);
    expect(hold).toHaveBeenCalledExactlyOnceWith('k', token, LEASE * 6);
  });

  test('renewed: the lease is renewed beside the transaction', async () => {
    const { store, here } = setUp();
    store.hold = async () => 'renewed';
    const renew = vi.spyOn(store, 'renew');
    const run = here.runInTransaction('k', store.begin, long);
    await pass(LEASE);
    await run;
    expect(renew).toHaveBeenCalled();
  });

  test('held: nothing is renewed, and the claim is not lost though its lease ends', async () => {
    const { store, here } = setUp();
    store.hold = async () => 'held';
    const renew = vi.spyOn(store, 'renew');
    // The transaction's own lock makes this true at the store.
    const complete = vi.fn(async () => true);
    store.inTransaction = () => ({ hold: async () => 'held', complete });
    const run = here.runInTransaction('k', store.begin, async ({ tx }) => {
      await new Promise((done) => setTimeout(done, LEASE * 2));
      return charge({ tx });
    });
    await pass(LEASE * 3);
    await expect(run).resolves.toMatchObject({ value: { charge: 1 } });
    expect(renew).not.toHaveBeenCalled();
    expect(complete).toHaveBeenCalledTimes(1);
  });

  test('lost: the function is not called', async () => {
    const { store, here } = setUp();
    store.hold = async () => 'lost';
    const fn = vi.fn(charge);
    const error = await rejection(here.runInTransaction('k', store.begin, fn));
    expect(error).toMatchObject({ code: 'IDEM_LEASE_LOST', key: 'k' });
    expect(fn).not.toHaveBeenCalled();
    expect(store.ledger).toEqual([]);
  });

  test('one that rejects: the function is not called, and the claim is given back', async () => {
    const { store, here } = setUp();
    const refusal = new Error('there is no transaction');
    store.hold = () => Promise.reject(refusal);
    const fn = vi.fn(charge);
    await expect(here.runInTransaction('k', store.begin, fn)).rejects.toBe(refusal);
    expect(fn).not.toHaveBeenCalled();
    await expect(store.inspect('k')).resolves.toEqual({ state: 'vacant', takeover: false });
  });

  test('one that answers something else is refused', async () => {
    const { store, here } = setUp();
    store.hold = async () => JSON.parse('"maybe"');
    const error = await rejection(here.runInTransaction('k', store.begin, charge));
    expect(error).toMatchObject({ code: 'IDEM_STORE_FAILED' });
    expect(store.ledger).toEqual([]);
  });
});
