import { describe, expect, test, vi } from 'vitest';
import { pass, useFakeTime } from '../../support/fake-time.ts';
import { deferred, LEASE, rejection } from '../../support/fixture.ts';
import { type Begin, setUp, type Tx } from '../../support/transactional-store.ts';

useFakeTime();

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
