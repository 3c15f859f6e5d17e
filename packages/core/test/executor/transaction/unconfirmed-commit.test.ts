import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, test } from 'vitest';
import { createToken, IdempotencyError } from '../../../src/index.ts';
import { pass, useFakeTime } from '../../support/fake-time.ts';
import { LEASE, rejection } from '../../support/fixture.ts';
import {
  type Begin,
  charge,
  connectionReset,
  setUp,
  type Tx,
} from '../../support/transactional-store.ts';

useFakeTime();

describe('a commit that nobody confirmed', () => {
  test('and that took effect is a success; its error is published', async () => {
    const { store, here } = setUp();
    const failures: unknown[] = [];
    const listen = (event: unknown): void => void failures.push(event);
    subscribe('idem:failed', listen);
    store.commits.push('works, but its reply is lost');
    expect((await here.runInTransaction('k', store.begin, charge)).value).toEqual({ charge: 1 });
    unsubscribe('idem:failed', listen);
    expect(failures).toEqual([{ key: 'k', stage: 'commit', error: connectionReset }]);
    expect((await here.runInTransaction('k', store.begin, charge)).replayed).toBe(true);
    expect(store.ledger).toEqual(['charged']);
  });

  test('and that did not take effect is a failure, and a retry executes', async () => {
    const { store, here } = setUp();
    store.commits.push('fails');
    expect(await rejection(here.runInTransaction('k', store.begin, charge))).toBe(connectionReset);
    const retry = await here.runInTransaction('k', store.begin, charge);
    expect(retry).toMatchObject({ replayed: false, takeover: false });
    expect(store.ledger).toEqual(['charged']);
  });

  test('is outlived by one that asks again', async () => {
    const { store, here } = setUp();
    store.commits.push('works, but its reply is lost');
    const gone = { when: 'before', error: new Error('gone') } as const;
    const fn = (context: { tx: Tx }) => {
      store.fail('claim', ...Array.from({ length: 6 }, () => gone));
      return charge(context);
    };
    const run = here.runInTransaction('k', store.begin, fn);
    // The pauses double from 25 ms: 1,575 ms at random's longest.
    await pass(LEASE);
    expect((await run).value).toEqual({ charge: 1 });
  });
});

describe('when the store cannot tell, the value is handed over', () => {
  test.each([
    ['at once where no repetition helps', { when: 'before', error: closed() } as const, 0],
    ['after recordTimeout where it hangs', { when: 'held', until: hang() } as const, 500],
  ])('%s', async (_, fault, after) => {
    const { store, here } = setUp({ recordTimeout: 500 });
    store.commits.push('works, but its reply is lost');
    const fn = (context: { tx: Tx }) => {
      store.fail('claim', fault);
      return charge(context);
    };
    const run = rejection(here.runInTransaction('k', store.begin, fn));
    await pass(after);
    const error = await run;
    expect(error).toMatchObject({ code: 'IDEM_NOT_RECORDED', value: { charge: 1 }, key: 'k' });
  });
});

test('the store is asked for one lease at most, however long recordTimeout is', async () => {
  const { store, here } = setUp({ recordTimeout: LEASE * 10 });
  store.commits.push('works, but its reply is lost');
  const gone = { when: 'before', error: new Error('gone') } as const;
  const fn = (context: { tx: Tx }) => {
    store.fail('claim', ...Array.from({ length: 100 }, () => gone));
    return charge(context);
  };
  let rejected: unknown;
  void rejection(here.runInTransaction('k', store.begin, fn)).then((error) => {
    rejected = error;
  });
  await pass(LEASE);
  expect(rejected).toMatchObject({ code: 'IDEM_NOT_RECORDED', value: { charge: 1 } });
});

test('nobody is held back for longer than recordTimeout when the store tells, but hangs when asked whose the record is', async () => {
  const { store, here } = setUp({ recordTimeout: 500 });
  store.commits.push('works, but its reply is lost');
  const fn = (context: { tx: Tx }) => {
    // The first is the one that commits.
    store.fail(
      'complete',
      { when: 'held', until: Promise.resolve() },
      { when: 'held', until: hang() },
    );
    return charge(context);
  };
  const run = rejection(here.runInTransaction('k', store.begin, fn));
  await pass(500);
  expect(await run).toMatchObject({ code: 'IDEM_NOT_RECORDED', value: { charge: 1 }, key: 'k' });
});

test('recordTimeout counts from the failure of the commit, however long that took', async () => {
  const { store, here } = setUp({ recordTimeout: 500 });
  store.commits.push('works, but its reply is lost');
  store.fail('claim', { when: 'held', until: Promise.resolve() }, { when: 'held', until: hang() });
  const begin: Begin = (work) =>
    store.begin(work).catch(async (error: unknown) => {
      await new Promise((failed) => setTimeout(failed, 1_000));
      throw error;
    });
  const run = rejection(here.runInTransaction('k', begin, charge));
  let settled = false;
  void run.then(() => {
    settled = true;
  });
  await pass(1_499);
  expect(settled).toBe(false);
  await pass(1);
  expect(settled).toBe(true);
  expect(await run).toMatchObject({ code: 'IDEM_NOT_RECORDED', value: { charge: 1 } });
});

test('a takeover that the question learns of is owed to the next', async () => {
  const { store, here, elsewhere } = setUp();
  store.commits.push('fails');
  const begin: Begin = (work) =>
    store.begin(work).catch(async (error: unknown) => {
      // The lease lapses; another claims, charges and dies: the question displaces its claim.
      store.lapse('k');
      await store.claim('k', { token: createToken(), lease: LEASE });
      store.lapse('k');
      throw error;
    });
  expect(await rejection(here.runInTransaction('k', begin, charge))).toBe(connectionReset);
  await pass(1);
  const next = await elsewhere.runInTransaction('k', store.begin, charge);
  expect(next).toMatchObject({ replayed: false, takeover: true });
});

test('a record of somebody else is not taken for ours', async () => {
  const { store, here, elsewhere } = setUp();
  store.commits.push('fails');
  const begin: Begin = (work) =>
    store.begin(work).catch(async (error: unknown) => {
      store.lapse('k');
      await elsewhere.run('k', () => 'theirs');
      throw error;
    });
  const error = await rejection(here.runInTransaction('k', begin, charge));
  expect(error).toMatchObject({ code: 'IDEM_LEASE_LOST', key: 'k' });
});

function closed(): IdempotencyError {
  return new IdempotencyError('IDEM_STORE_CLOSED', 'closed');
}

function hang(): Promise<never> {
  return new Promise(() => {});
}
