import type { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import type { ClaimResult, Inspection, TransactionalStore, TransactionalSupport } from '@idem/core';
import { IdempotencyError } from '@idem/core';
import { AbstractStore, LAPSED_CLAIM_MEMORY } from '@idem/core/adapter';
import { openDatabase, prepareStatements, type Statements } from './database.ts';
import { translateErrors } from './errors.ts';
import { type StoredRecord, toRecord, VACANT } from './record.ts';

type BoundOperation = 'find' | 'exists' | 'store' | 'remove' | 'complete';

const ONE_WRITER = { promised: false, reason: 'SQLite has one writer at a time.' } as const;

/** An idempotency-key store in a SQLite file that the processes of one machine share. */
export class SqliteStore extends AbstractStore implements TransactionalStore<DatabaseSync> {
  readonly supports: TransactionalSupport = {
    durability: { promised: true },
    sharing: { promised: true },
    wakeUp: { promised: false, reason: 'SQLite tells no other process of what it wrote.' },
    sameKeyWhileOpen: ONE_WRITER,
    otherKeysWhileOpen: ONE_WRITER,
  };

  readonly #db: DatabaseSync;
  readonly #sql: Statements;
  /** True in a transaction of the application's, which began it and ends it. */
  readonly #bound: boolean;

  /** @param place the file; a connection of the application's is for `inTransaction` */
  constructor(place: string | DatabaseSync, { busyTimeout = 5_000 } = {}) {
    super();
    this.#bound = typeof place !== 'string';
    this.#db = translateErrors(() =>
      typeof place === 'string' ? openDatabase(place, busyTimeout) : place,
    );
    this.#sql = prepareStatements(this.#db);
  }

  /** The store in the transaction that is open on your own connection to the same file. */
  inTransaction(tx: DatabaseSync): Pick<SqliteStore, BoundOperation> {
    return new SqliteStore(tx);
  }

  protected async doFind(key: string): Promise<Uint8Array | null> {
    // The clock comes first: read after the row, it would judge one that was replaced in between.
    const record = translateErrors(() => this.#find(key, this.#now()));
    return record.state === 'completed' ? record.value : null;
  }

  protected async doExists(key: string): Promise<boolean> {
    return (await this.doFind(key)) !== null;
  }

  protected async doStore(key: string, value: Uint8Array, ttl: number): Promise<void> {
    this.#atomically((now) => {
      const { fence } = this.#find(key, now);
      this.#save(key, { ...VACANT, state: 'completed', fence, until: now + ttl, value });
    });
  }

  protected async doRemove(key: string): Promise<void> {
    // Unread: this is the way out for a record that is damaged.
    this.#atomically((now) => this.#sql.remove.run({ key: Buffer.from(key, 'utf8'), now }));
  }

  protected async doClaim(
    key: string,
    token: string,
    lease: number,
    fingerprint: string | null,
  ): Promise<ClaimResult> {
    return this.#atomically((now) => {
      const record = this.#find(key, now);
      const until = now + lease;
      if (record.state === 'completed') {
        return { outcome: 'completed', value: record.value, fingerprint: record.fingerprint };
      }
      if (record.state === 'claimed') {
        const { fingerprint, fence, takeover } = record;
        if (record.token !== token) {
          return { outcome: 'in-progress', fingerprint, leaseRemaining: record.until - now };
        }
        this.#save(key, { ...record, until });
        return { outcome: 'acquired', fence, takeover: takeover === 1 };
      }
      const fence = Math.max(now * 1000, record.fence + 1);
      const takeover = record.state === 'lapsed' ? 1 : 0;
      const held = { token, fingerprint, takeover, since: now } as const;
      this.#save(key, { ...VACANT, state: 'claimed', fence, until, ...held });
      this.#sql.prune.run(now - LAPSED_CLAIM_MEMORY);
      return { outcome: 'acquired', fence, takeover: takeover === 1 };
    });
  }

  protected async doComplete(
    key: string,
    token: string,
    value: Uint8Array,
    ttl: number,
  ): Promise<boolean> {
    return this.#atomically((now) => {
      const record = this.#find(key, now);
      if (record.token !== token) return false;
      if (record.state === 'claimed') {
        this.#save(key, { ...record, state: 'completed', until: now + ttl, value });
        return true;
      }
      // In a transaction true means that this very call wrote the record.
      return !this.#bound;
    });
  }

  protected async doRelease(key: string, token: string): Promise<boolean> {
    return this.#atomically((now) => {
      const record = this.#find(key, now);
      if (record.state !== 'claimed' || record.token !== token) return false;
      // The row stays, for its fence: the next claim's must be greater.
      this.#save(key, { ...VACANT, fence: record.fence, until: now });
      return true;
    });
  }

  protected async doRenew(key: string, token: string, lease: number): Promise<boolean> {
    return this.#atomically((now) => {
      const record = this.#find(key, now);
      if (record.state !== 'claimed' || record.token !== token) return false;
      this.#save(key, { ...record, until: now + lease });
      return true;
    });
  }

  protected async doInspect(key: string): Promise<Inspection> {
    return translateErrors(() => {
      const now = this.#now();
      const { state, fence, until, fingerprint, takeover, since } = this.#find(key, now);
      const remaining = until - now;
      switch (state) {
        case 'vacant':
        case 'lapsed':
          return { state: 'vacant', takeover: state === 'lapsed' };
        case 'claimed': {
          const held = { fence, takeover: takeover === 1, fingerprint };
          const heldFor = Math.max(0, now - since);
          return { state, ...held, heldFor, leaseRemaining: remaining };
        }
        case 'completed':
          return { state, fingerprint, ttlRemaining: remaining };
      }
    });
  }

  protected async doClose(): Promise<void> {
    if (!this.#bound) this.#db.close();
  }

  /** One atomic step: nobody else writes between its reading and its commit. */
  #atomically<T>(step: (now: number) => T): T {
    return translateErrors(() => {
      if (this.#bound) return this.#inside(step);
      // IMMEDIATE waits for its turn here, so the clock is read after the wait.
      this.#db.exec('BEGIN IMMEDIATE');
      try {
        const answer = step(this.#now());
        this.#db.exec('COMMIT');
        return answer;
      } finally {
        if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      }
    });
  }

  #inside<T>(step: (now: number) => T): T {
    this.#now();
    this.#sql.lock.run();
    return step(this.#now());
  }

  #now(): number {
    if (this.#bound && !(this.#db.isOpen && this.#db.isTransaction)) {
      const message = 'The transaction is over: SQLite would carry out what follows by itself.';
      throw new IdempotencyError('IDEM_STORE_FAILED', message, { retryable: true });
    }
    return Number(this.#sql.clock.get()?.now);
  }

  #find(key: string, now: number): StoredRecord {
    const row = this.#sql.read.get(Buffer.from(key, 'utf8'));
    return row === undefined ? VACANT : toRecord(key, row, now);
  }

  #save(key: string, record: StoredRecord): void {
    const checksum = crc32(record.value);
    this.#sql.write.run({ ...record, key: Buffer.from(key, 'utf8'), checksum });
  }
}
