import type {
  ClaimResult,
  Inspection,
  TransactionalStore,
  TransactionalSupport,
  TransactionBoundStore,
  Unwatch,
} from '@idem/core';
import { AbstractStore } from '@idem/core/adapter';
import type { Story } from '../story/story.ts';
import type { Database, Transaction } from './database.ts';
import type { Link } from './link.ts';
import { completeInTransaction, holdInTransaction } from './transactions.ts';

const none = { promised: false, reason: 'simulated' } as const;

/** The store as one process sees it: the contract, over a network that may fail. */
export class StoreClient extends AbstractStore implements TransactionalStore<Transaction> {
  readonly supports: TransactionalSupport;
  readonly #holds: Story['holds'];
  readonly #link: Link;
  readonly #database: Database;

  constructor(link: Link, database: Database, { wakes, holds }: Pick<Story, 'wakes' | 'holds'>) {
    super();
    this.#holds = holds;
    this.supports = {
      durability: { promised: true },
      sharing: { promised: true },
      wakeUp: wakes ? { promised: true } : none,
      sameKeyWhileOpen: { promised: true },
      otherKeysWhileOpen: { promised: true },
    };
    this.#link = link;
    this.#database = database;
  }

  inTransaction(tx: Transaction): TransactionBoundStore {
    const link = this.#link;
    const database = this.#database;
    const complete: TransactionBoundStore['complete'] = (key, token, value, ttl) =>
      completeInTransaction(link, database, tx, { key, token, value, ttl });
    const locks = this.#holds === 'held';
    if (this.#holds === undefined) return { complete };
    const hold = (key: string, token: string) =>
      holdInTransaction(link, database, tx, { key, token, locks });
    return { complete, hold };
  }

  protected doClaim(
    key: string,
    token: string,
    lease: number,
    fingerprint: string | null,
    signal: AbortSignal | undefined,
  ): Promise<ClaimResult> {
    const words = `claim ${key} by ${name(token)} for ${lease} ms`;
    const act = () => this.#database.claim(key, token, lease, fingerprint);
    const isAnsweredBeside = () => this.#database.isAnsweredBeside(key, token);
    return this.#link.send({ words, key, act, isAnsweredBeside, nonsense: null }, signal);
  }

  protected doComplete(
    key: string,
    token: string,
    value: Uint8Array,
    ttl: number,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const words = `complete ${key} by ${name(token)}`;
    const act = () => this.#database.complete(key, token, value, ttl);
    return this.#link.send({ words, key, act, nonsense: null }, signal);
  }

  protected doRelease(key: string, token: string, signal: AbortSignal | undefined) {
    const words = `release ${key} by ${name(token)}`;
    const act = () => this.#database.release(key, token);
    return this.#link.send({ words, key, act, nonsense: null }, signal);
  }

  protected doRenew(key: string, token: string, lease: number, signal: AbortSignal | undefined) {
    const words = `renew ${key} by ${name(token)} for ${lease} ms`;
    const act = () => this.#database.renew(key, token, lease);
    return this.#link.send({ words, key, act, nonsense: null }, signal);
  }

  protected override doWatch(key: string, wake: () => void): Unwatch {
    return this.#link.watch(key, wake);
  }

  protected doFind(): Promise<Uint8Array | null> {
    throw unused('find');
  }

  protected doExists(): Promise<boolean> {
    throw unused('exists');
  }

  protected doStore(): Promise<void> {
    throw unused('store');
  }

  protected doRemove(): Promise<void> {
    throw unused('remove');
  }

  protected doInspect(): Promise<Inspection> {
    throw unused('inspect');
  }

  protected async doClose(): Promise<void> {}
}

function name(token: string): string {
  return token.replace(/_+$/, '');
}

function unused(operation: string): Error {
  return new Error(`The executor is not expected to call ${operation}.`);
}
