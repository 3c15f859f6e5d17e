import type { Held, RunTransaction } from '@idem/core';
import type { Process } from '../world/process.ts';
import type { Database, Transaction } from './database.ts';
import { type Link, storeError } from './link.ts';

/** What the database says to the victim of a deadlock; whoever began the transaction repeats it. */
export class Deadlock extends Error {}

class ConnectionLost extends Error {}

/** How often transactions meet what only transactions meet, of a hundred. */
export interface TransactionFaults {
  readonly commits: number;
  readonly clearsAt: number;
}

const MOST_ATTEMPTS = 3;

/** A database library's `transaction(work)`, which runs the work again when that may help. */
export function transactions(
  process: Process,
  link: Link,
  database: Database,
  faults: TransactionFaults,
): RunTransaction<Transaction> {
  const { world } = process;
  const { chance } = world;
  let begun = 0;
  const clear = (): boolean => world.now >= faults.clearsAt;

  const commit = async (tx: Transaction): Promise<'repeat' | 'done'> => {
    const goesWrong = !clear() && chance.percent(faults.commits);
    const how = goesWrong
      ? chance.oneOf(
          'deadlock',
          'unknown, done',
          'unknown, undone',
          'unknown, in doubt',
          'throws after',
        )
      : 'works';
    world.say(process.name, () => `commits ${tx.name}${how === 'works' ? '' : `   (${how})`}`);
    const finish = (done: boolean, delay = 0): Promise<void> => {
      const act = () => (done ? database.commit(tx) : database.rollback(tx));
      const words = `${done ? 'commit' : 'rollback'} ${tx.name}`;
      if (delay === 0) return link.ask({ words, key: '', act });
      world.schedule({
        at: world.now + delay,
        owner: undefined,
        kind: 'message',
        what: words,
        run: act,
      });
      return Promise.resolve();
    };
    switch (how) {
      case 'works':
        await finish(true);
        return 'done';
      case 'throws after':
        await finish(true);
        throw new Error(`begin failed after its commit of ${tx.name}`);
      case 'deadlock':
        await finish(false);
        return 'repeat';
      case 'unknown, in doubt':
        await finish(chance.percent(50), chance.oneOf(30, 200));
        break;
      default:
        await finish(how === 'unknown, done');
    }
    if (chance.percent(50)) return 'repeat';
    throw new ConnectionLost(`connection lost in the commit of ${tx.name}`);
  };

  return async (work) => {
    for (let attempt = 1; ; attempt++) {
      begun += 1;
      const writes: Transaction['writes'] = [];
      const name = `${process.name}.tx${begun}`;
      const tx: Transaction = {
        ...{ name, state: 'open', writes, record: undefined, holds: undefined },
        refused: false,
      };
      await link.ask({ words: `begin ${tx.name}`, key: '', act: () => true });
      process.onEnd(() => noticeLater(process, database, tx));
      let result: Awaited<ReturnType<typeof work>>;
      try {
        result = await work(tx);
      } catch (error) {
        const act = () => database.rollback(tx);
        await link.ask({ words: `rollback ${tx.name}`, key: '', act });
        if (error instanceof Deadlock && attempt < MOST_ATTEMPTS) continue;
        throw error;
      }
      if ((await commit(tx)) === 'done') return result;
      if (attempt === MOST_ATTEMPTS) throw new Deadlock('gave up repeating');
    }
  };
}

/** The server notices after a while that the connection is gone. */
function noticeLater({ world }: Process, database: Database, tx: Transaction): void {
  if (tx.state !== 'open') return;
  const at = world.now + world.chance.oneOf(1, 60);
  const run = () => database.rollback(tx);
  world.schedule({ at, owner: undefined, kind: 'message', what: `rollback ${tx.name}`, run });
}

/** Writes to the ledger; the transaction may be chosen as the victim of a deadlock. */
export async function writeTo(
  link: Link,
  database: Database,
  tx: Transaction,
  write: { readonly key: string; readonly by: string },
  dies: boolean,
): Promise<void> {
  const act = (): boolean => {
    if (dies) database.rollback(tx);
    return !dies && tx.state === 'open';
  };
  const words = `write in ${tx.name}${dies ? '   (deadlock)' : ''}`;
  if (!(await link.ask({ words, key: '', act }))) throw new Deadlock(`deadlock in ${tx.name}`);
  tx.writes.push(write);
}

export async function holdInTransaction(
  link: Link,
  database: Database,
  tx: Transaction,
  { key, token, locks }: { key: string; token: string; locks: boolean },
): Promise<Held> {
  const words = `hold ${key} in ${tx.name}`;
  const act = (): Held | 'gone' =>
    tx.state === 'open' ? database.holdIn(tx, key, token, locks) : 'gone';
  const answer = await link.ask({ words, key, act, tx });
  tx.refused = answer === 'gone' || answer === 'lost';
  if (answer === 'gone') throw storeError('IDEM_STORE_FAILED', false);
  return answer;
}

export async function completeInTransaction(
  link: Link,
  database: Database,
  tx: Transaction,
  { key, token, value, ttl }: { key: string; token: string; value: Uint8Array; ttl: number },
): Promise<boolean> {
  const words = `complete ${key} in ${tx.name}`;
  const act = (): boolean | 'gone' =>
    tx.state === 'open' ? database.completeIn(tx, key, token, new Uint8Array(value), ttl) : 'gone';
  const answer = await link.ask({ words, key, act, tx });
  if (answer === 'gone') throw storeError('IDEM_STORE_FAILED', false);
  return answer;
}
