import type { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import type { ClaimResult, Inspection, StoreSupport } from '@idem/core';
import { AbstractStore, LAPSED_CLAIM_MEMORY } from '@idem/core/adapter';
import { openDatabase, prepareStatements, type Statements } from './database.ts';
import { translateErrors } from './errors.ts';
import { type StoredRecord, toRecord, VACANT } from './record.ts';

/** An idempotency-key store in a SQLite file that the processes of one machine share. */
export class SqliteStore extends AbstractStore {
  readonly supports: StoreSupport = {
    durability: { promised: true },
    sharing: { promised: true },
    wakeUp: { promised: false, reason: 'SQLite tells no other process of what it wrote.' },
  };

  readonly #db: DatabaseSync;
  readonly #sql: Statements;

  constructor(path: string) {
    super();
    this.#db = translateErrors(() => openDatabase(path));
    this.#sql = prepareStatements(this.#db);
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
      }
      return true;
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
    this.#db.close();
  }

  /** One atomic step: nobody else writes between its reading and its commit. */
  #atomically<T>(step: (now: number) => T): T {
    return translateErrors(() => {
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

  #now(): number {
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
