import { describe, expect, test, vi } from 'vitest';
import { createToken, type RunContext } from '../../../src/index.ts';
import { pass, useFakeTime } from '../../support/fake-time.ts';
import { deferred, LEASE, raise, rejection } from '../../support/fixture.ts';
import { type Begin, charge, setUp, type Tx } from '../../support/transactional-store.ts';

useFakeTime();

describe('a begin that begins again after a commit that nobody confirmed', () => {
  test('does not call the function again when that took effect', async () => {
    const { store, here } = setUp();
    store.commits.push('works, but its reply is lost');
    const fn = vi.fn(charge);
    const run = await here.runInTransaction('k', store.beginTwice, fn);
    expect(store.ledger).toEqual(['charged']);
    expect(run).toMatchObject({ value: { charge: 1 }, replayed: false });
    expect(fn).toHaveBeenCalledTimes(1);
    expect((await here.runInTransaction('k', store.begin, fn)).replayed).toBe(true);
  });

  test('calls it again when that did not', async () => {
    const { store, here } = setUp();
    store.commits.push('fails');
    const fn = vi.fn(charge);
    const run = await here.runInTransaction('k', store.beginTwice, fn);
    expect(run).toMatchObject({ value: { charge: 1 }, replayed: false });
    expect(fn).toHaveBeenCalledTimes(2);
    expect(store.ledger).toEqual(['charged']);
  });

  test('does not call it when another executed meanwhile', async () => {
    const { store, here, elsewhere } = setUp();
    store.commits.push('fails');
    const fn = vi.fn(charge);
    const begin: Begin = (work) =>
      store.begin(work).catch(async () => {
        store.lapse('k');
        await elsewhere.runInTransaction('k', store.begin, charge);
        return store.begin(work);
      });
    const error = await rejection(here.runInTransaction('k', begin, fn));
    expect(store.ledger).toEqual(['charged']);
    expect(fn).toHaveBeenCalledTimes(1);
    expect(error).toMatchObject({ code: 'IDEM_LEASE_LOST', key: 'k' });
  });

  test('does not call it while the store cannot tell, and hands the value over', async () => {
    const { store, here } = setUp();
    store.commits.push('works, but its reply is lost');
    const fn = vi.fn((context: { tx: Tx }) => {
      const gone = { when: 'before', error: new Error('gone') } as const;
      store.fail('claim', ...Array.from({ length: 100 }, () => gone));
      return charge(context);
    });
    const run = rejection(here.runInTransaction('k', store.beginTwice, fn));
    await pass(LEASE * 3);
    expect(await run).toMatchObject({ code: 'IDEM_NOT_RECORDED', value: { charge: 1 } });
    expect(fn).toHaveBeenCalledTimes(1);
  });
});

/** The first turn is over and its commit failed: what `second` does is done under the same claim. */
function inSecondTurn(second: (context: RunContext & { tx: Tx }) => unknown) {
  let turn = 0;
  return (context: RunContext & { tx: Tx }) => (++turn === 1 ? charge(context) : second(context));
}

describe('the second turn is held like the first', () => {
  test('its lease is renewed', async () => {
    const { store, here, elsewhere } = setUp();
    store.commits.push('fails');
    const work = deferred<string>();
    const run = here.runInTransaction(
      'k',
      store.beginTwice,
      inSecondTurn(() => work.promise),
    );
    await pass(LEASE * 2);
    expect(store.count('renew')).toBeGreaterThanOrEqual(5);
    expect(await rejection(elsewhere.run('k', () => 1))).toMatchObject({
      code: 'IDEM_IN_PROGRESS',
    });
    work.resolve('done');
    expect((await run).value).toBe('done');
  });

  test('and its signal aborted when the claim is lost', async () => {
    const { store, here } = setUp();
    store.commits.push('fails');
    let seen: RunContext | undefined;
    const hang = (context: RunContext): Promise<never> => {
      seen = context;
      return new Promise(() => {});
    };
    const run = rejection(here.runInTransaction('k', store.beginTwice, inSecondTurn(hang)));
    await pass(0);
    await store.remove('k');
    await pass(LEASE);
    const error = await run;
    expect(error).toMatchObject({ code: 'IDEM_LEASE_LOST' });
    expect(seen?.signal.reason).toBe(error);
  });
});

describe('a takeover that the second question learns of', () => {
  /** Between the two turns somebody else claims, and dies. */
  function withDeathBetween({ store }: ReturnType<typeof setUp>): Begin {
    store.commits.push('fails');
    return (work) =>
      store.begin(work).catch(async () => {
        store.lapse('k');
        await store.claim('k', { token: createToken(), lease: LEASE });
        store.lapse('k');
        return store.begin(work);
      });
  }

  test('is told to the function and the caller', async () => {
    const made = setUp();
    const begin = withDeathBetween(made);
    const told = inSecondTurn(({ takeover }) => takeover);
    expect(await made.here.runInTransaction('k', begin, told)).toMatchObject({
      value: true,
      takeover: true,
    });
  });

  test('and to the next, when the function throws', async () => {
    const made = setUp();
    const begin = withDeathBetween(made);
    const throws = inSecondTurn(() => raise(new Error('declined')));
    await rejection(made.here.runInTransaction('k', begin, throws));
    await pass(1);
    expect(await made.elsewhere.run('k', () => 'reconciled')).toMatchObject({ takeover: true });
  });
});

test('a begin that begins again while the first work still runs has one record and one effect', async () => {
  const { store, here } = setUp();
  const first = deferred<void>();
  const abandoned: Promise<unknown>[] = [];
  const begin: Begin = (work) => {
    abandoned.push(store.begin(work).catch((error: unknown) => error));
    return store.begin(work);
  };
  let turns = 0;
  const fn = async ({ tx }: { tx: Tx }) => {
    const turn = ++turns;
    if (turn === 1) await first.promise;
    tx.writes.push(`charged in turn ${turn}`);
    return turn;
  };
  expect((await here.runInTransaction('k', begin, fn)).value).toBe(2);
  first.resolve();
  await Promise.all(abandoned);
  expect(store.ledger).toEqual(['charged in turn 2']);
  expect((await here.runInTransaction('k', begin, fn)).value).toBe(2);
});
