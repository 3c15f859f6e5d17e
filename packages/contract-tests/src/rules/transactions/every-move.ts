import type { IdempotencyStore } from '@idem/core';
import type { OpenTransaction } from '../../harness-transactions.ts';
import type { Pause } from '../../model/generate.ts';
import { movesInside } from '../../model/situations.ts';
import type { Rule } from '../../rule.ts';
import { expectEveryMove } from '../kit/every-move.ts';
import { family } from '../kit/transactions/family.ts';
import type { Transacting } from '../kit/transactions/transacting.ts';

const { rule } = family('transactions');

/** A client whose operations are those of the transaction that is open: one after the other, on its connection. */
class InsideClient {
  readonly #context: Transacting;
  readonly client: IdempotencyStore;
  #tx: OpenTransaction | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(context: Transacting) {
    this.#context = context;
    this.client = new Proxy(context.store, {
      get:
        (_, name) =>
        (...parts: unknown[]) =>
          this.#inTurn(name, parts),
    });
  }

  pause({ kind }: Pause): Promise<void> | undefined {
    if (kind === 'begin') return this.#begin();
    return kind === 'commit' ? this.#tx?.commit() : undefined;
  }

  async #begin(): Promise<void> {
    this.#tx = await this.#context.begin();
  }

  #inTurn(name: string | symbol, parts: readonly unknown[]): Promise<unknown> {
    const { bound } = this.#tx ?? {};
    const turn = this.#last.then(() =>
      bound === undefined ? undefined : Reflect.apply(Reflect.get(bound, name), bound, parts),
    );
    this.#last = turn.catch(() => {});
    return turn;
  }
}

/** What is done in a transaction, to a key in every situation that there is, and looked at once it is committed. */
export const everyMoveInsideRules: readonly Rule[] = [
  rule(
    'every-move-inside',
    'However a key came to be as it is, each operation in a transaction does to it what the contract says, and once that is committed the key is as the contract says: value, token, fingerprint, fence, times, and what is owed.',
    async (context) => {
      const probe = await context.begin();
      const { bound } = probe;
      await probe.rollback();
      const offers = (name: string): boolean => typeof Reflect.get(bound, name) === 'function';
      await expectEveryMove(context, {
        moves: (lengths) => movesInside(lengths, offers),
        inside: new InsideClient(context),
      });
    },
    { needs: ['clock'] },
  ),
];
