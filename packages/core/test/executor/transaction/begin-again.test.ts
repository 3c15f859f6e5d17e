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

describe('a begin that begins again while the first work still runs', () => {
  /** Each turn ends when it is told to, and says which it was. */
  function twoTurns() {
    const { store, here } = setUp();
    const first = deferred<void>();
    const second = deferred<void>();
    const ends = [first.promise, second.promise];
    const abandoned: Promise<unknown>[] = [];
    const begin: Begin = (work) => {
      abandoned.push(store.begin(work).catch((error: unknown) => error));
      return store.begin(work);
    };
    let turns = 0;
    const fn = async ({ tx }: { tx: Tx }) => {
      const turn = ++turns;
      await ends[turn - 1];
      tx.writes.push(`charged in turn ${turn}`);
      return turn;
    };
    return { store, run: () => here.runInTransaction('k', begin, fn), first, second, abandoned };
  }

  test.each(['before', 'after'])(
    'has one record and one effect, when that ends %s the second',
    async (when) => {
      const { store, run, first, second, abandoned } = twoTurns();
      const call = run();
      await pass(0);
      const [early, late] = when === 'before' ? [first, second] : [second, first];
      early.resolve();
      // The turn that counts keeps its lease, whatever the other did.
      await pass(LEASE * 2);
      late.resolve();
      expect((await call).value).toBe(2);
      await Promise.all(abandoned);
      expect(store.ledger).toEqual(['charged in turn 2']);
      expect(await run()).toEqual({ value: 2, replayed: true });
    },
  );
});

describe('a completion in the transaction that is answered after the work began again', () => {
  /** The first turn waits for the answer to its completion; it comes once the second turn is done. */
  function answeredLate(answer: (reply: ReturnType<typeof deferred<boolean>>) => void) {
    const { store, here } = setUp();
    const reply = deferred<boolean>();
    const sent = deferred();
    const complete = (): Promise<boolean> => {
      sent.resolve();
      return reply.promise;
    };
    vi.spyOn(store, 'inTransaction').mockReturnValueOnce({ complete });
    const begin: Begin = async (work) => {
      const abandoned = rejection(store.begin(work));
      await sent.promise;
      const inTime = await store.begin(async (tx) => {
        const result = await work(tx);
        answer(reply);
        await abandoned;
        return result;
      });
      return inTime;
    };
    let turns = 0;
    const fn = ({ tx }: { tx: Tx }) => {
      tx.writes.push(`charged in turn ${++turns}`);
      return turns;
    };
    return { store, run: () => here.runInTransaction('k', begin, fn) };
  }

  test.each<[string, (reply: ReturnType<typeof deferred<boolean>>) => void]>([
    ['with yes', (reply) => reply.resolve(true)],
    ['with no', (reply) => reply.resolve(false)],
    ['with an error', (reply) => reply.reject(new Error('deadlock'))],
  ])('%s is rolled back, and the second turn counts', async (_, answer) => {
    const { store, run } = answeredLate(answer);
    expect(await run()).toMatchObject({ value: 2, replayed: false });
    expect(store.ledger).toEqual(['charged in turn 2']);
    expect(await run()).toEqual({ value: 2, replayed: true });
  });
});
