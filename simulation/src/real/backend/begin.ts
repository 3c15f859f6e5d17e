import type { RunTransaction } from '@idem/core';
import type { Kysely, Transaction } from 'kysely';
import { Chance } from '../../chance.ts';
import type { Order } from '../plan.ts';

const MOST_TURNS = 3;
const DEADLOCK = 1205;

/**
 * The user's own transactions: repeated after a deadlock, and by every other call also after a commit
 * that nobody confirmed, of which some lose their answer.
 */
export function beginAgain(
  db: Kysely<unknown>,
  { plan, commitFaults }: Order,
  loseNextReply: () => Promise<void>,
): RunTransaction<Transaction<unknown>> {
  const chance = Chance.fromSeed(plan.at);
  const repeatsLost = chance.percent(50);
  return async (work) => {
    for (let turn = 1; ; turn++) {
      let commits = false;
      try {
        return await db.transaction().execute(async (tx) => {
          const result = await work(tx);
          if (chance.percent(commitFaults)) await loseNextReply();
          commits = true;
          return result;
        });
      } catch (error) {
        const again = isDeadlock(error) || (commits && repeatsLost);
        if (!again || turn === MOST_TURNS) throw error;
      }
    }
  };
}

function isDeadlock(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ('number' in error && error.number === DEADLOCK) || isDeadlock(error.cause);
}
