import type { TransactionalStore } from '@idem/core';
import { type Ability, type BackendClock, isAbsent } from '../../../harness.ts';
import type {
  ApplicationTransactions,
  OpenTransaction,
  TransactionalClient,
} from '../../../harness-transactions.ts';
import type { RuleContext } from '../../../rule.ts';
import { RuleSkipped } from '../../../skip.ts';

/** What a rule about transactions works with: its clients can be bound to transactions. */
export interface Transacting extends RuleContext {
  readonly transactions: ApplicationTransactions;
  /** The rule's own client, which is its `store` too. */
  readonly client: TransactionalClient;
  readonly store: TransactionalStore<never>;
  /** Begins a transaction of the rule's own client. What is still open after the rule is rolled back. */
  begin(level?: string): Promise<OpenTransaction>;
}

/** Runs a rule with clients that can be bound, and leaves no transaction open. */
export async function transacting(
  context: RuleContext,
  check: (context: Transacting) => Promise<void>,
): Promise<void> {
  const transactions = context.harness.transactions;
  if (isAbsent(transactions))
    throw new Error("A rule on transactions must list 'transactions' in needs.");
  const clients: TransactionalClient[] = [];
  const open = new Set<OpenTransaction>();
  const connect = async (): Promise<TransactionalClient> => {
    const client = await transactions.open();
    clients.push(client);
    return client;
  };
  try {
    const client = await connect();
    await check({
      ...{ harness: context.harness, expect: context.expect, budget: context.budget },
      ...{ seed: context.seed, key: context.key, token: context.token, random: context.random },
      get clock(): BackendClock {
        return context.clock;
      },
      ...{ transactions, client, store: client.store },
      open: async () => (await connect()).store,
      begin: async (level) => {
        const tx = watched(await client.begin(level), (ended) => open.delete(ended));
        open.add(tx);
        return tx;
      },
    });
  } finally {
    for (const tx of [...open]) await tx.rollback().catch(() => {});
    await Promise.allSettled(clients.map(({ store }) => store.close()));
  }
}

/** The transaction, which says when it has been ended. */
function watched(tx: OpenTransaction, ended: (tx: OpenTransaction) => void): OpenTransaction {
  const ending =
    (end: () => Promise<void>): (() => Promise<void>) =>
    async () => {
      await end();
      ended(own);
    };
  const { savepoint, doom, endUnseen, commitUnheard } = tx;
  const own: OpenTransaction = {
    ...{ bound: tx.bound, savepoint, doom, endUnseen },
    effect: (name) => tx.effect(name),
    commit: ending(() => tx.commit()),
    rollback: ending(() => tx.rollback()),
    commitUnheard: isAbsent(commitUnheard) ? commitUnheard : ending(commitUnheard),
  };
  return own;
}

/** What the harness can do with this transaction; skips the rule, with the reason, where it cannot. */
export function able<T>(ability: Ability<T>): T {
  if (isAbsent(ability)) throw new RuleSkipped(ability.absent);
  return ability;
}
