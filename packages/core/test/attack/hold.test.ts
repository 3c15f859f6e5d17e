import { expect, test } from 'vitest';
import { pass, useFakeTime } from '../support/fake-time.ts';
import { LEASE, rejection } from '../support/fixture.ts';
import { type Begin, charge, setUp, type Tx } from '../support/transactional-store.ts';

useFakeTime();

const RECORD_TIMEOUT = 500;
/** Hours, as of whoever lets long jobs run: nobody is to wait for as long when the job is done. */
const MAX_HOLD = 1_000 * LEASE;

function hang(): Promise<never> {
  return new Promise(() => {});
}

test('a commit that hangs is waited for no longer when the transaction kept the claim', async () => {
  const { store, here } = setUp({ recordTimeout: RECORD_TIMEOUT, maxHold: MAX_HOLD });
  store.hold = async () => 'held';
  const begin: Begin = async (work) => {
    await store.begin(work);
    return hang();
  };
  const run = here.runInTransaction('k', begin, charge);
  await pass(LEASE + RECORD_TIMEOUT);
  expect(await run).toMatchObject({ value: { charge: 1 }, replayed: false });
});

test('nor is a completion that hangs', async () => {
  const { store, here } = setUp({ recordTimeout: RECORD_TIMEOUT, maxHold: MAX_HOLD });
  store.inTransaction = () => ({ hold: async () => 'held', complete: hang });
  const run = rejection(here.runInTransaction('k', store.begin, charge));
  await pass(LEASE + RECORD_TIMEOUT);
  expect(await run).toMatchObject({ code: 'IDEM_STORE_TIMEOUT', retryable: true });
});

test('what is no function for hold is said of the store, and leaves no claim behind', async () => {
  const { store, here } = setUp();
  const inTransaction = store.inTransaction.bind(store);
  store.inTransaction = (tx: Tx) => Object.assign(inTransaction(tx), { hold: true });
  const error = await rejection(here.runInTransaction('k', store.begin, charge));
  expect(error).toBeInstanceOf(TypeError);
  store.inTransaction = inTransaction;
  const next = await here.runInTransaction('k', store.begin, charge);
  expect(next).toMatchObject({ replayed: false, takeover: false });
  expect(store.ledger).toEqual(['charged']);
});

test('a hold that throws at once, and one that throws undefined, release the claim', async () => {
  const { store, here } = setUp();
  for (const thrown of [new Error('no transaction'), undefined]) {
    store.hold = () => {
      throw thrown;
    };
    expect(await rejection(here.runInTransaction('k', store.begin, charge))).toBe(thrown);
  }
  store.hold = async () => 'renewed';
  const next = await here.runInTransaction('k', store.begin, charge);
  expect(next).toMatchObject({ replayed: false, takeover: false });
});
