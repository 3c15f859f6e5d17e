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

  test('nor when it begins a third time: what the store said once stands', async () => {
    const { store, here } = setUp();
    store.commits.push('works, but its reply is lost');
    const begin: Begin = (work) => store.beginTwice(work).catch(() => store.begin(work));
    const fn = vi.fn(charge);
    const run = await here.runInTransaction('k', begin, fn);
    expect(run).toMatchObject({ value: { charge: 1 }, replayed: false });
    expect(fn).toHaveBeenCalledTimes(1);
  });

  test('nor is the result lost when it swallows what rolled the second back', async () => {
    const { store, here } = setUp();
    store.commits.push('works, but its reply is lost');
    const begin: Begin = (work) => store.beginTwice(work).catch(() => JSON.parse('null'));
    const run = await here.runInTransaction('k', begin, charge);
    expect(run).toMatchObject({ value: { charge: 1 }, replayed: false });
    expect(store.ledger).toEqual(['charged']);
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

test('whoever was told that nothing is recorded does not see it done once more', async () => {
  const { store, here } = setUp({ recordTimeout: 100 });
  store.commits.push('fails');
  const held = deferred();
  const fn = vi.fn((context: { tx: Tx }) => {
    store.fail('claim', { when: 'held', until: held.promise });
    return charge(context);
  });
  const run = rejection(here.runInTransaction('k', store.beginTwice, fn));
  await pass(100);
  expect(await run).toMatchObject({ code: 'IDEM_NOT_RECORDED', value: { charge: 1 } });
  held.resolve();
  await pass(0);
  expect(fn).toHaveBeenCalledTimes(1);
  expect(store.ledger).toEqual([]);
  const retry = await here.runInTransaction('k', store.begin, charge);
  expect(retry).toMatchObject({ replayed: false, takeover: false });
});

test('a begin that begins again because the function threw does not ask the store: the lease was kept', async () => {
  const { store, here } = setUp();
  const deadlock = new Error('deadlock');
  const begin: Begin = (work) => store.begin(work).catch(() => store.begin(work));
  const fn = vi.fn(charge).mockImplementationOnce(() => raise(deadlock));
  expect(await here.runInTransaction('k', begin, fn)).toMatchObject({ value: { charge: 1 } });
  expect(fn).toHaveBeenCalledTimes(2);
  expect(store.count('claim')).toBe(1);
});

test('a first commit that takes effect after all decides what everybody gets', async () => {
  const { store, here } = setUp();
  store.commits.push('works', 'fails');
  const begin: Begin = async (work) => {
    const first: Tx = { writes: [], completion: undefined };
    await work(first);
    return store.begin(async (second) => {
      const result = await work(second);
      // It was on its way to the server all the time.
      await store.end(first);
      return result;
    });
  };
  let turns = 0;
  const fn = ({ tx }: { tx: Tx }) => {
    tx.writes.push(`charged in turn ${++turns}`);
    return turns;
  };
  const run = await here.runInTransaction('k', begin, fn);
  expect(store.ledger).toEqual(['charged in turn 1']);
  expect(run).toMatchObject({ value: 1, replayed: false });
  expect(await here.run('k', () => 'again')).toEqual({ value: 1, replayed: true });
});

test('a claim that was forgotten is not taken again by the next turn', async () => {
  const { store, here } = setUp();
  const begin: Begin = (work) => store.begin(work).catch(() => store.begin(work));
  const fn = vi.fn(({ signal }: RunContext) => {
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  });
  const run = rejection(here.runInTransaction('k', begin, fn));
  await pass(0);
  await here.forget('k');
  expect(await run).toMatchObject({ code: 'IDEM_LEASE_LOST', key: 'k' });
  await pass(0);
  expect(fn).toHaveBeenCalledTimes(1);
  expect(await here.status('k')).toEqual({ state: 'vacant', takeover: false });
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

test('a takeover that the first claim was told of stays told, whatever the second question says', async () => {
  const { store, here } = setUp();
  await store.claim('k', { token: createToken(), lease: LEASE });
  store.lapse('k');
  store.commits.push('fails');
  const begin: Begin = (work) =>
    store.begin(work).catch(async () => {
      await store.remove('k');
      return store.begin(work);
    });
  const told = inSecondTurn(({ takeover }) => takeover);
  expect(await here.runInTransaction('k', begin, told)).toMatchObject({ value: true });
});
