import { setImmediate } from 'node:timers/promises';
import { type Held, IdempotencyError } from '@idem/core';
import { type Claimed, type Row, type Watchers, watchersAt } from '../kit/reference-store.ts';
import { TracedStore } from '../kit/traced-store.ts';
import type { Shared, Transaction } from './transaction.ts';

/** The store in a transaction, with no mistake. */
export class BoundStore extends TracedStore {
  protected readonly shared: Shared;
  protected readonly tx: Transaction;
  /** The key of the operation under way: a transaction does one at a time. */
  protected key = '';

  constructor(shared: Shared, tx: Transaction) {
    super({ rows: new RowsInTransaction(shared, tx), now: () => shared.now() });
    this.shared = shared;
    this.tx = tx;
  }

  protected override as<T>(move: Parameters<TracedStore['as']>[0], work: () => T, key: string): T {
    this.key = key;
    return super.as(move, work, key);
  }

  protected override async travel(): Promise<void> {
    this.tx.busy += 1;
    try {
      await super.travel();
      this.check();
      if (!this.during('find') && !this.during('exists')) await this.lock(this.place(this.key));
      this.check();
    } finally {
      this.tx.busy -= 1;
    }
  }

  protected check(): void {
    if (!this.tx.usable) throw failed('there is no transaction any more');
  }

  protected async lock(place: string): Promise<void> {
    for (;;) {
      const owner = this.shared.locks.get(place);
      if (owner === undefined || owner === this.tx) break;
      await owner.over;
    }
    this.shared.locks.set(place, this.tx);
  }

  /** A snapshot cannot bear a renewal beside it: there the transaction keeps the claim. */
  hold(key: string, token: string, longest: number): Promise<Held> {
    return this.as('complete', () => this.holding(key, token, longest), key);
  }

  protected async holding(key: string, token: string, longest: number): Promise<Held> {
    this.check();
    await setImmediate();
    this.check();
    if (this.tx.snapshot === undefined) {
      return this.held(this.row(key), token) === undefined ? 'lost' : 'renewed';
    }
    await this.lock(this.place(key));
    if (this.isStale(key)) this.conflicted();
    const row = this.row(key);
    const record = this.held(row, token);
    if (record === undefined) return 'lost';
    this.keep(row, record, longest);
    return 'held';
  }

  protected keep(row: Row, record: Claimed, longest: number): void {
    row.record = { ...record, end: Math.max(record.end, this.endOf(longest)) };
  }

  protected override watchers(): Watchers {
    return watchersAt(this.shared);
  }

  /** Nobody is woken before the commit. */
  protected override wakeUp(key: string): void {
    this.tx.onceCommitted.push(() => super.wakeUp(key));
  }

  // The connection is free for others when the operation has ended, and not before.
  protected override settle<T>(work: Promise<T>): Promise<T> {
    return work;
  }

  protected override doComplete(
    key: string,
    token: string,
    value: Uint8Array,
    ttl: number,
  ): Promise<boolean> {
    return this.as('complete', () => this.record(key, token, value, ttl), key);
  }

  /** True only when this call writes the record. */
  protected async record(
    key: string,
    token: string,
    value: Uint8Array,
    ttl: number,
  ): Promise<boolean> {
    await this.travel();
    if (this.isStale(key)) return this.conflicted();
    const row = this.row(key);
    const record = this.held(row, token);
    if (record === undefined) return false;
    this.finish(row, record, value, ttl);
    this.wakeUp(key);
    return true;
  }

  /** Whether the row was written since the snapshot of the transaction. */
  protected isStale(key: string): boolean {
    const { snapshot } = this.tx;
    const place = this.place(key);
    return snapshot !== undefined && snapshot.get(place) !== this.shared.rows.get(place)?.record;
  }

  protected conflicted(): boolean {
    throw failed('the row was written since the snapshot');
  }
}

function failed(what: string): IdempotencyError {
  return new IdempotencyError('IDEM_STORE_FAILED', `The backend refused: ${what}.`, {
    retryable: true,
  });
}

/** The rows as a transaction sees them: its own, and copies of those that are committed. */
export class RowsInTransaction extends Map<string, Row> {
  readonly #shared: Shared;
  readonly #tx: Transaction;

  constructor(shared: Shared, tx: Transaction) {
    super();
    this.#shared = shared;
    this.#tx = tx;
  }

  override get(place: string): Row | undefined {
    const own = this.#tx.rows.get(place);
    if (own !== undefined) return own;
    const committed = this.#shared.rows.get(place);
    return committed === undefined ? undefined : { ...committed };
  }

  override set(place: string, row: Row): this {
    if (this.#shared.locks.get(place) === this.#tx) this.#tx.rows.set(place, row);
    return this;
  }
}
