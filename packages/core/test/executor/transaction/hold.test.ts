import { describe, expect, test, vi } from 'vitest';
import { pass, stall, useFakeTime } from '../../support/fake-time.ts';
import { LEASE, rejection } from '../../support/fixture.ts';
import { type Begin, charge, setUp, type Tx } from '../../support/transactional-store.ts';

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
    expect(hold).toHaveBeenCalledExactlyOnceWith('k', token, LEASE * 5 + LEASE);
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

  test('an answer that is handled after the lease is none', async () => {
    const { store, here } = setUp();
    // The event loop stood still: the answer is there before any timer has fired.
    store.hold = async () => {
      stall(LEASE + 1);
      return 'renewed';
    };
    const fn = vi.fn(charge);
    const error = await rejection(here.runInTransaction('k', store.begin, fn));
    expect(error).toMatchObject({ code: 'IDEM_LEASE_LOST', key: 'k' });
    expect(fn).not.toHaveBeenCalled();
  });

  test('held, and begun again after a deadlock: nothing kept the claim meanwhile, so it is claimed anew', async () => {
    const { store, here, elsewhere } = setUp();
    const deadlock = new Error('deadlock');
    store.hold = async () => 'held';
    const fn = vi.fn(() => Promise.reject(deadlock));
    const begin: Begin = (work) =>
      store.begin(work).catch(async () => {
        store.lapse('k');
        await elsewhere.runInTransaction('k', store.begin, charge);
        return store.begin(work);
      });
    const error = await rejection(here.runInTransaction('k', begin, fn));
    expect(error).toMatchObject({ code: 'IDEM_LEASE_LOST' });
    expect(fn).toHaveBeenCalledTimes(1);
    expect(store.ledger).toEqual(['charged']);
  });

  test('held, and the function throws what is recorded: the claim is ours once more for that', async () => {
    const { store, here } = setUp({ recordErrors: () => true });
    store.hold = async () => 'held';
    const fn = vi.fn(async () => {
      store.lapse('k');
      throw new Error('declined');
    });
    await expect(here.runInTransaction('k', store.begin, fn)).rejects.toThrow('declined');
    await expect(here.runInTransaction('k', store.begin, fn)).rejects.toThrow('declined');
    expect(fn).toHaveBeenCalledTimes(1);
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
