import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import type { ClaimResult, StoreSupport } from '@idem/core';
import { AbstractStore, LAPSED_CLAIM_MEMORY } from '@idem/core/adapter';
import { CLOCK, openDatabase, PRUNE, READ, WRITE } from './database.ts';
import { translateErrors } from './errors.ts';
import { type StoredRecord, toRecord, VACANT } from './record.ts';

/** An idempotency-key store in a SQLite file that the processes of one machine share. */
export class SqliteStore extends AbstractStore {
  readonly supports: StoreSupport = { durability: { promised: true }, sharing: { promised: true } };

  readonly #db: DatabaseSync;
  readonly #clock: StatementSync;
  readonly #read: StatementSync;
  readonly #write: StatementSync;
  readonly #prune: StatementSync;

  constructor(path: string) {
    super();
    this.#db = translateErrors(() => openDatabase(path));
    this.#clock = this.#db.prepare(CLOCK);
    this.#read = this.#db.prepare(READ);
    this.#write = this.#db.prepare(WRITE);
    this.#prune = this.#db.prepare(PRUNE);
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
    this.#atomically(key, ({ fence }, now) => {
      this.#save(key, { ...VACANT, state: 'completed', fence, until: now + ttl, value });
    });
  }

  protected async doRemove(key: string): Promise<void> {
    this.#atomically(key, ({ state, fence }, now) => {
      // A lapsed claim is vacant already, and the next holder is still to be told of it.
      if (state !== 'lapsed') this.#save(key, { ...VACANT, fence, until: now });
    });
  }

  protected async doClaim(
    key: string,
    token: string,
    lease: number,
    fingerprint: string | null,
  ): Promise<ClaimResult> {
    return this.#atomically(key, (record, now) => {
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
      this.#save(key, { ...VACANT, state: 'claimed', fence, until, token, fingerprint, takeover });
      this.#prune.run(now - LAPSED_CLAIM_MEMORY);
      return { outcome: 'acquired', fence, takeover: takeover === 1 };
    });
  }

  protected async doComplete(
    key: string,
    token: string,
    value: Uint8Array,
    ttl: number,
  ): Promise<boolean> {
    return this.#atomically(key, (record, now) => {
      if (record.token !== token) return false;
      if (record.state === 'claimed') {
        this.#save(key, { ...record, state: 'completed', until: now + ttl, value });
      }
      return true;
    });
  }

  protected async doRelease(key: string, token: string): Promise<boolean> {
    return this.#atomically(key, (record, now) => {
      if (record.state !== 'claimed' || record.token !== token) return false;
      // The row stays, for its fence: the next claim's must be greater.
      this.#save(key, { ...VACANT, fence: record.fence, until: now });
      return true;
    });
  }

  protected async doRenew(key: string, token: string, lease: number): Promise<boolean> {
    return this.#atomically(key, (record, now) => {
      if (record.state !== 'claimed' || record.token !== token) return false;
      this.#save(key, { ...record, until: now + lease });
      return true;
    });
  }

  protected async doClose(): Promise<void> {
    this.#db.close();
  }

  /** One atomic step: nobody else writes between its reading and its commit. */
  #atomically<T>(key: string, step: (record: StoredRecord, now: number) => T): T {
    return translateErrors(() => {
      // IMMEDIATE waits for its turn here, so the clock is read after the wait.
      this.#db.exec('BEGIN IMMEDIATE');
      try {
        const now = this.#now();
        const answer = step(this.#find(key, now), now);
        this.#db.exec('COMMIT');
        return answer;
      } finally {
        if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      }
    });
  }

  #now(): number {
    return Number(this.#clock.get()?.['now']);
  }

  #find(key: string, now: number): StoredRecord {
    const row = this.#read.get(Buffer.from(key, 'utf8'));
    return row === undefined ? VACANT : toRecord(key, row, now);
  }

  #save(key: string, record: StoredRecord): void {
    const checksum = crc32(record.value);
    this.#write.run({ ...record, key: Buffer.from(key, 'utf8'), checksum });
  }
}
