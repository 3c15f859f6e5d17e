import type { ClaimResult, Held } from '@idem/core';

/** A claim that was granted, and what became of it. */
export interface Claim {
  readonly key: string;
  readonly token: string;
  readonly fence: number;
  readonly takeover: boolean;
  readonly fingerprint: string | null;
  readonly since: number;
  /** The life of the key in which it was granted. */
  readonly life: number;
  /** When its lease ends. */
  end: number;
  fate: 'held' | 'released' | 'recorded' | 'lapsed' | 'removed';
  /** When it ceased to be held. */
  until: number;
}

export interface Recorded {
  readonly claim: Claim;
  readonly value: Uint8Array;
  readonly since: number;
  end: number;
}

/** What a user's transaction wrote: there for all when it commits. */
export interface Transaction {
  readonly name: string;
  state: 'open' | 'committed' | 'rolled back';
  readonly writes: { readonly key: string; readonly by: string }[];
  record: Recorded | undefined;
  /** The claim whose row it has locked before the function was called. */
  holds: Claim | undefined;
  /** It said that it keeps no claim, or that it is gone: no function is to be called in it. */
  refused: boolean;
}

/** Everything that was ever at a key. */
export class Row {
  readonly claims: Claim[] = [];
  readonly records: Recorded[] = [];
  readonly effects: { readonly by: string; readonly life: number }[] = [];
  lock: Transaction | undefined;
  readonly waiting: (() => void)[] = [];
  /** Who is told when the key may have ceased to be claimed. */
  readonly watchers: Set<() => void> = new Set();
  fence = 0;
  /** Counts the lives of the key: a record that expires ends one, and so does whoever removes what is there. */
  life = 1;
}

/**
 * The contract as a model: keys and a ledger in one database with its own clock. It forgets nothing,
 * so that the checks can ask what was true when.
 */
export class Database {
  readonly #now: () => number;
  readonly #rows: Map<string, Row> = new Map();

  constructor(now: () => number) {
    this.#now = now;
  }

  get rows(): ReadonlyMap<string, Row> {
    return this.#rows;
  }

  row(key: string): Row {
    let row = this.#rows.get(key);
    if (row === undefined) {
      row = new Row();
      this.#rows.set(key, row);
    }
    return row;
  }

  /** The claim that holds the key now. */
  held(key: string): Claim | undefined {
    const claim = this.row(key).claims.at(-1);
    if (claim?.fate !== 'held') return undefined;
    // A transaction that has written the record, or locked the row, holds it; who comes later waits for it.
    const { lock } = this.row(key);
    if (this.#now() < claim.end || lock?.record?.claim === claim || lock?.holds === claim)
      return claim;
    claim.fate = 'lapsed';
    claim.until = claim.end;
    return undefined;
  }

  recorded(key: string): Recorded | undefined {
    const record = this.row(key).records.at(-1);
    return record !== undefined && this.#now() < record.end ? record : undefined;
  }

  claim(key: string, token: string, lease: number, fingerprint: string | null): ClaimResult {
    const row = this.row(key);
    const now = this.#now();
    const record = this.recorded(key);
    if (record !== undefined) {
      const value = new Uint8Array(record.value);
      return { outcome: 'completed', value, fingerprint: record.claim.fingerprint };
    }
    const held = this.held(key);
    if (held !== undefined && held.token !== token) {
      // How long a transaction lasts nobody knows.
      const least = row.lock?.holds === held ? 100 : 1;
      const leaseRemaining = Math.max(least, Math.ceil(held.end - now));
      return { outcome: 'in-progress', fingerprint: held.fingerprint, leaseRemaining };
    }
    if (held !== undefined) {
      held.end = now + lease;
      return { outcome: 'acquired', fence: held.fence, takeover: held.takeover };
    }
    const last = row.claims.at(-1);
    if (last?.fate === 'recorded') row.life += 1;
    row.fence += 1;
    const takeover = last?.fate === 'lapsed';
    const end = now + lease;
    const fence = row.fence;
    const since = now;
    const { life } = row;
    row.claims.push({
      life,
      key,
      token,
      fence,
      takeover,
      fingerprint,
      since,
      end,
      fate: 'held',
      until: Number.POSITIVE_INFINITY,
    });
    return { outcome: 'acquired', fence, takeover };
  }

  complete(key: string, token: string, value: Uint8Array, ttl: number): boolean {
    const record = this.recorded(key);
    if (record !== undefined) return record.claim.token === token;
    const held = this.held(key);
    if (held?.token !== token) return false;
    this.#record({ claim: held, value, since: this.#now(), end: this.#now() + ttl });
    return true;
  }

  release(key: string, token: string): boolean {
    const held = this.held(key);
    if (held?.token !== token) return false;
    held.fate = 'released';
    held.until = this.#now();
    this.#wake(key);
    return true;
  }

  renew(key: string, token: string, lease: number): boolean {
    const held = this.held(key);
    if (held?.token !== token) return false;
    held.end = this.#now() + lease;
    return true;
  }

  remove(key: string): void {
    const row = this.row(key);
    const record = this.recorded(key);
    const held = this.held(key);
    if (record !== undefined) record.end = this.#now();
    if (held !== undefined) {
      held.fate = 'removed';
      held.until = this.#now();
    }
    if (record !== undefined || held !== undefined) row.life += 1;
    this.#wake(key);
  }

  /** Runs it when no transaction but this one holds the key's row. */
  whenFree(key: string, own: Transaction | undefined, run: () => void): void {
    const row = this.row(key);
    if (row.lock === undefined || row.lock === own) run();
    else row.waiting.push(() => this.whenFree(key, own, run));
  }

  /** A claim beside a transaction that has locked the row before its function: it is told who is in progress. */
  isAnsweredBeside(key: string, token: string): boolean {
    const claim = this.row(key).lock?.holds;
    return claim?.key === key && claim.token !== token;
  }

  /** Says who keeps the claim while the transaction lasts: itself where it locks the row. */
  holdIn(tx: Transaction, key: string, token: string, locks: boolean): Held {
    const held = this.held(key);
    if (this.recorded(key) !== undefined || held?.token !== token) return 'lost';
    if (!locks) return 'renewed';
    this.row(key).lock = tx;
    tx.holds = held;
    return 'held';
  }

  completeIn(tx: Transaction, key: string, token: string, value: Uint8Array, ttl: number): boolean {
    if (this.recorded(key) !== undefined) return this.recorded(key)?.claim.token === token;
    const held = this.held(key);
    if (held?.token !== token) return false;
    const now = this.#now();
    this.row(key).lock = tx;
    tx.record = { claim: held, value, since: now, end: now + ttl };
    return true;
  }

  commit(tx: Transaction): void {
    if (tx.state !== 'open') return;
    tx.state = 'committed';
    for (const { key, by } of tx.writes) {
      const row = this.row(key);
      row.effects.push({ by, life: row.life });
    }
    if (tx.record !== undefined) this.#record(tx.record);
    this.#unlock(tx);
  }

  rollback(tx: Transaction): void {
    if (tx.state !== 'open') return;
    tx.state = 'rolled back';
    this.#unlock(tx);
  }

  #record(record: Recorded): void {
    const { claim } = record;
    claim.fate = 'recorded';
    claim.until = this.#now();
    this.row(claim.key).records.push({ ...record, since: this.#now() });
    this.#wake(claim.key);
  }

  #wake(key: string): void {
    for (const watcher of this.row(key).watchers) watcher();
  }

  #unlock(tx: Transaction): void {
    // Until now it was held, whatever its lease said.
    if (tx.holds?.fate === 'held') tx.holds.end = Math.max(tx.holds.end, this.#now());
    tx.holds = undefined;
    for (const row of this.#rows.values()) {
      if (row.lock !== tx) continue;
      row.lock = undefined;
      for (const run of row.waiting.splice(0)) run();
    }
  }
}
