import { setImmediate } from 'node:timers/promises';
import type { ClaimResult, Inspection, StoreSupport, Unwatch } from '@idem/core';
import { AbstractStore } from '@idem/core/adapter';

export interface Claimed {
  readonly state: 'claimed';
  readonly token: string;
  readonly fingerprint: string | null;
  readonly takeover: boolean;
  /** When it was acquired. */
  readonly since: number;
  readonly end: number;
}

export interface Completed {
  readonly state: 'completed';
  readonly token: string | null;
  readonly fingerprint: string | null;
  readonly value: Uint8Array;
  readonly end: number;
}

/** What is under a name; it stays when the record ends, and remembers the fence. */
export interface Row {
  record: Claimed | Completed | undefined;
  fence: number;
}

export interface Backend {
  readonly rows: Map<string, Row>;
  now(): number;
}

/** Who is to be told when a name ceases to be claimed. */
export type Watchers = Map<string, Set<{ readonly wake: () => void }>>;

const watchersOf = new WeakMap<Backend, Watchers>();

export function watchersAt(backend: Backend): Watchers {
  const watchers: Watchers = watchersOf.get(backend) ?? new Map();
  watchersOf.set(backend, watchers);
  return watchers;
}

/** A store with no mistake, in pieces so small that each mistake of the broken ones is one of them. */
export class ReferenceStore extends AbstractStore {
  readonly supports: StoreSupport = {
    durability: { promised: false, reason: 'the records are in memory' },
    sharing: { promised: false, reason: 'the records are in the memory of one process' },
    wakeUp: { promised: true },
  };
  protected readonly backend: Backend;
  readonly #watching = new Set<Unwatch>();

  constructor(backend: Backend) {
    super();
    this.backend = backend;
  }

  /** The way to the backend: what comes after it happens later than the call. */
  protected async travel(_signal?: AbortSignal): Promise<void> {
    await setImmediate();
  }

  protected now(): number {
    return this.backend.now();
  }

  protected place(key: string): string {
    return key;
  }

  protected row(key: string): Row {
    const place = this.place(key);
    const row = this.backend.rows.get(place) ?? { record: undefined, fence: 0 };
    this.backend.rows.set(place, row);
    return row;
  }

  protected isOver(record: Claimed | Completed): boolean {
    return this.now() >= record.end;
  }

  protected live(row: Row): Claimed | Completed | undefined {
    return row.record === undefined || this.isOver(row.record) ? undefined : row.record;
  }

  protected isToken(held: string | null, token: string): boolean {
    return held === token;
  }

  protected held(row: Row, token: string): Claimed | undefined {
    const record = this.live(row);
    return record?.state === 'claimed' && this.isToken(record.token, token) ? record : undefined;
  }

  protected endOf(duration: number): number {
    return this.now() + duration;
  }

  protected nextFence(row: Row): number {
    return Math.max(row.fence + 1, Math.floor(this.now() * 1_000));
  }

  protected isTakeover(row: Row): boolean {
    return row.record?.state === 'claimed';
  }

  /** Never nothing: who judged that it is held read the clock a moment earlier. */
  protected remaining(record: Claimed): number {
    return Math.max(1, Math.ceil(record.end - this.now()));
  }

  protected watchers(): Watchers {
    return watchersAt(this.backend);
  }

  /** What was done to the key may interest those who wait for it. */
  protected wakeUp(key: string): void {
    const watchers = this.watchers().get(this.place(key)) ?? new Set();
    for (const watcher of [...watchers]) if (watchers.has(watcher)) this.call(watcher.wake);
  }

  protected call(wake: () => void): void {
    try {
      wake();
    } catch {
      // Not the fault of the operation that woke it.
    }
  }

  /** What the backend keeps of a value. */
  protected kept(value: Uint8Array): Uint8Array {
    return value;
  }

  /** What the caller gets of a value that is kept. */
  protected answer(value: Uint8Array): Uint8Array {
    return new Uint8Array(value);
  }

  protected async doFind(key: string, signal?: AbortSignal): Promise<Uint8Array | null> {
    await this.travel(signal);
    const record = this.live(this.row(key));
    return record?.state === 'completed' ? this.answer(record.value) : null;
  }

  protected async doExists(key: string, signal?: AbortSignal): Promise<boolean> {
    await this.travel(signal);
    return this.live(this.row(key))?.state === 'completed';
  }

  protected async doStore(
    key: string,
    value: Uint8Array,
    ttl: number,
    signal?: AbortSignal,
  ): Promise<void> {
    await this.travel(signal);
    const row = this.row(key);
    row.record = {
      ...{ state: 'completed', token: null, fingerprint: null },
      ...{ value: this.kept(value), end: this.endOf(ttl) },
    };
    this.wakeUp(key);
  }

  protected async doRemove(key: string, signal?: AbortSignal): Promise<void> {
    await this.travel(signal);
    const row = this.row(key);
    if (this.live(row) === undefined) return;
    row.record = undefined;
    this.wakeUp(key);
  }

  protected async doClaim(
    key: string,
    token: string,
    lease: number,
    fingerprint: string | null,
    signal?: AbortSignal,
  ): Promise<ClaimResult> {
    await this.travel(signal);
    const row = this.row(key);
    const record = this.live(row);
    if (record === undefined) return this.begin(row, token, lease, fingerprint);
    if (record.state === 'completed') return this.replay(record);
    if (this.isToken(record.token, token)) return this.again(row, record, lease);
    return this.conflict(row, record, lease);
  }

  protected begin(row: Row, token: string, lease: number, fingerprint: string | null): ClaimResult {
    const takeover = this.isTakeover(row);
    row.fence = this.nextFence(row);
    const [since, end] = [this.now(), this.endOf(lease)];
    row.record = { state: 'claimed', token, fingerprint, takeover, since, end };
    return { outcome: 'acquired', fence: row.fence, takeover };
  }

  protected again(row: Row, record: Claimed, lease: number): ClaimResult {
    row.record = { ...record, end: this.endOf(lease) };
    return { outcome: 'acquired', fence: row.fence, takeover: record.takeover };
  }

  protected conflict(_row: Row, record: Claimed, _lease: number): ClaimResult {
    const { fingerprint } = record;
    return { outcome: 'in-progress', fingerprint, leaseRemaining: this.remaining(record) };
  }

  protected replay({ value, fingerprint }: Completed): ClaimResult {
    return { outcome: 'completed', value: this.answer(value), fingerprint };
  }

  protected async doComplete(
    key: string,
    token: string,
    value: Uint8Array,
    ttl: number,
    signal?: AbortSignal,
  ): Promise<boolean> {
    await this.travel(signal);
    const row = this.row(key);
    const record = this.live(row);
    if (record === undefined || !this.isToken(record.token, token)) return false;
    if (record.state === 'claimed') {
      this.finish(row, record, value, ttl);
      this.wakeUp(key);
    }
    return true;
  }

  protected finish(row: Row, record: Claimed, value: Uint8Array, ttl: number): void {
    const { token, fingerprint } = record;
    const [kept, end] = [this.kept(value), this.endOf(ttl)];
    row.record = { state: 'completed', token, fingerprint, value: kept, end };
  }

  protected async doRelease(key: string, token: string, signal?: AbortSignal): Promise<boolean> {
    await this.travel(signal);
    const row = this.row(key);
    if (this.held(row, token) === undefined) return false;
    row.record = undefined;
    this.wakeUp(key);
    return true;
  }

  protected async doRenew(
    key: string,
    token: string,
    lease: number,
    signal?: AbortSignal,
  ): Promise<boolean> {
    await this.travel(signal);
    const row = this.row(key);
    const record = this.held(row, token);
    if (record === undefined) return false;
    row.record = { ...record, end: this.endOf(lease) };
    return true;
  }

  protected async doInspect(key: string, signal?: AbortSignal): Promise<Inspection> {
    await this.travel(signal);
    const row = this.row(key);
    const record = this.live(row);
    if (record === undefined) return { state: 'vacant', takeover: this.isTakeover(row) };
    return record.state === 'claimed' ? this.heldBy(row, record) : this.resultOf(record);
  }

  protected heldBy(row: Row, record: Claimed): Inspection {
    const { takeover, fingerprint, since } = record;
    const [heldFor, leaseRemaining] = [Math.floor(this.now() - since), this.remaining(record)];
    const { fence } = row;
    return { state: 'claimed', fence, takeover, fingerprint, heldFor, leaseRemaining };
  }

  protected resultOf({ fingerprint, end }: Completed): Inspection {
    const ttlRemaining = Math.max(1, Math.ceil(end - this.now()));
    return { state: 'completed', fingerprint, ttlRemaining };
  }

  protected override doWatch(key: string, wake: () => void): Unwatch {
    const place = this.place(key);
    const watchers = this.watchers().get(place) ?? new Set();
    this.watchers().set(place, watchers);
    const watcher = { wake };
    watchers.add(watcher);
    const unwatch = (): void => {
      watchers.delete(watcher);
    };
    this.#watching.add(unwatch);
    return unwatch;
  }

  protected async doClose(): Promise<void> {
    for (const unwatch of this.#watching) unwatch();
    await setImmediate();
  }
}
