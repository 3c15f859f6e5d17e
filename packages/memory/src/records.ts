import { type ClaimResult, type Completed, IdempotencyError, type Inspection } from '@idem/core';
import { Deadlines, LAPSED_CLAIM_MEMORY, refuse } from '@idem/core/adapter';
import { keep, read, view } from './kept.ts';
import type { Bounds } from './options.ts';
import { bytesOf, type MemoryRecord, ownString, type State } from './record.ts';
import { Room } from './room.ts';
import { Watchers } from './watchers.ts';

// An operation makes one record at most, so dropping several keeps expired ones from piling up,
// and dropping no more keeps one operation from paying for a million that expired together.
const DROPPED_PER_OPERATION = 4;

/** The records and the state machine of the store contract. Every method is one step: nothing is awaited. */
export class Records {
  readonly watchers: Watchers = new Watchers();
  readonly #clock: () => number;
  readonly #live: Room;
  // Apart from the live ones, so that neither crowds out the other.
  readonly #lapsed: Room;
  readonly #byKey = new Map<string, MemoryRecord>();
  /** Of claims. They are few, and soon over: among all the results, each would pass half of those by. */
  readonly #leases = new Deadlines<MemoryRecord>();
  /** Of results, and of claims that lapsed. */
  readonly #expiries = new Deadlines<MemoryRecord>();
  #lastFence = 0;

  constructor({ maxEntries, maxBytes, clock }: Bounds) {
    this.#clock = clock;
    this.#live = new Room(maxEntries, maxBytes);
    this.#lapsed = new Room(maxEntries, maxBytes);
  }

  get live(): Room {
    return this.#live;
  }

  get lapsed(): Room {
    return this.#lapsed;
  }

  find(key: string): Uint8Array | null {
    const state = this.#at(key, this.#now())?.state;
    return state?.kind === 'completed' ? read(state.value) : null;
  }

  exists(key: string): boolean {
    return this.#at(key, this.#now())?.state.kind === 'completed';
  }

  store(key: string, value: Uint8Array, ttl: number): void {
    const now = this.#now();
    const state: State = { kind: 'completed', value: keep(value), token: null, fingerprint: null };
    this.#set(ownString(key), this.#at(key, now), state, now + ttl, now);
    this.watchers.wake(key);
  }

  remove(key: string): void {
    const record = this.#at(key, this.#now());
    // A lapsed claim is vacant already: there is nothing to remove, and the takeover is still owed.
    if (record === undefined || record.state.kind === 'lapsed') return;
    this.#drop(record);
    this.watchers.wake(key);
  }

  claim(key: string, token: string, lease: number, fingerprint: string | null): ClaimResult {
    const now = this.#now();
    const record = this.#at(key, now);
    const state = record?.state;
    if (record !== undefined && state?.kind === 'completed') {
      const { fingerprint: used } = state;
      return { outcome: 'completed', value: read(state.value), fingerprint: used };
    }
    if (record !== undefined && state?.kind === 'claimed') {
      if (state.token !== token) {
        const leaseRemaining = Math.ceil(record.deadline - now);
        return { outcome: 'in-progress', fingerprint: state.fingerprint, leaseRemaining };
      }
      this.#leases.move(record, now + lease);
      return { outcome: 'acquired', fence: state.fence, takeover: state.takeover };
    }
    const takeover = state?.kind === 'lapsed';
    const fence = this.#nextFence(now);
    // One copy of all three, of which each is a part: two calls out of V8 and not six.
    const own = ownString(fingerprint === null ? key + token : key + token + fingerprint);
    const end = key.length + token.length;
    const claimed: State = {
      kind: 'claimed',
      token: own.slice(key.length, end),
      fingerprint: fingerprint === null ? null : own.slice(end),
      fence,
      takeover,
      since: now,
    };
    this.#set(record?.key ?? own.slice(0, key.length), record, claimed, now + lease, now);
    return { outcome: 'acquired', fence, takeover };
  }

  /** What a claim would answer, where that is a result. */
  result(key: string): Completed | undefined {
    const state = this.#at(key, this.#now())?.state;
    if (state?.kind !== 'completed') return undefined;
    return { outcome: 'completed', value: view(state.value), fingerprint: state.fingerprint };
  }

  complete(key: string, token: string, value: Uint8Array, ttl: number): boolean {
    const now = this.#now();
    const record = this.#at(key, now);
    const state = record?.state;
    if (state === undefined || state.kind === 'lapsed' || state.token !== token) return false;
    if (state.kind === 'completed') return true;
    const { token: own, fingerprint } = state;
    const completed: State = { kind: 'completed', value: keep(value), token: own, fingerprint };
    this.#set(key, record, completed, now + ttl, now);
    this.watchers.wake(key);
    return true;
  }

  release(key: string, token: string): boolean {
    const record = this.#claimedBy(key, token, this.#now());
    if (record === undefined) return false;
    this.#drop(record);
    this.watchers.wake(key);
    return true;
  }

  renew(key: string, token: string, lease: number): boolean {
    const now = this.#now();
    const record = this.#claimedBy(key, token, now);
    if (record === undefined) return false;
    this.#leases.move(record, now + lease);
    return true;
  }

  inspect(key: string): Inspection {
    const now = this.#now();
    const record = this.#at(key, now);
    const state = record?.state;
    if (record === undefined || state === undefined) return { state: 'vacant', takeover: false };
    const remaining = Math.ceil(record.deadline - now);
    switch (state.kind) {
      case 'lapsed':
        return { state: 'vacant', takeover: true };
      case 'claimed': {
        const { fence, takeover, fingerprint } = state;
        const heldFor = Math.max(0, Math.floor(now - state.since));
        return {
          ...{ state: 'claimed', fence, takeover, fingerprint },
          ...{ heldFor, leaseRemaining: remaining },
        };
      }
      case 'completed':
        return {
          state: 'completed',
          fingerprint: state.fingerprint,
          ttlRemaining: remaining,
        };
    }
  }

  #now(): number {
    const now = this.#clock();
    if (!Number.isFinite(now)) {
      const what = 'a finite number of milliseconds';
      refuse('IDEM_INVALID_OPTIONS', now, what, 'time that options.clock answers');
    }
    for (let i = 0; i < DROPPED_PER_OPERATION && this.#dropDue(now); i++);
    return now;
  }

  /** The record at the key as it is now: never one that is past its deadline. */
  #at(key: string, now: number): MemoryRecord | undefined {
    const record = this.#byKey.get(key);
    if (record === undefined || record.deadline > now) return record;
    this.#end(record, now);
    return this.#byKey.get(key);
  }

  #claimedBy(key: string, token: string, now: number): MemoryRecord | undefined {
    const record = this.#at(key, now);
    return record?.state.kind === 'claimed' && record.state.token === token ? record : undefined;
  }

  #dropDue(now: number): boolean {
    const lease = this.#leases.first();
    const expiry = this.#expiries.first();
    // Whichever is due first, as if they were one queue.
    const first =
      lease !== undefined && (expiry === undefined || lease.deadline < expiry.deadline)
        ? lease
        : expiry;
    if (first === undefined || first.deadline > now) return false;
    this.#end(first, now);
    return true;
  }

  /** A deadline has passed: a claim lapses and is remembered; anything else is gone. */
  #end(record: MemoryRecord, now: number): void {
    const forgotten = record.deadline + LAPSED_CLAIM_MEMORY;
    if (record.state.kind !== 'claimed' || forgotten <= now) {
      this.#drop(record);
      return;
    }
    this.#room(record.state).add(-1, -record.bytes);
    const lapsed: State = { kind: 'lapsed' };
    this.#change(record, lapsed, bytesOf(record.key, lapsed), forgotten);
    this.#lapsed.add(1, record.bytes);
  }

  #drop(record: MemoryRecord): void {
    this.#room(record.state).add(-1, -record.bytes);
    this.#byKey.delete(record.key);
    this.#deadlinesOf(record.state).delete(record);
  }

  #change(record: MemoryRecord, state: State, bytes: number, deadline: number): void {
    const from = this.#deadlinesOf(record.state);
    const to = this.#deadlinesOf(state);
    record.state = state;
    record.bytes = bytes;
    if (from === to) {
      to.move(record, deadline);
      return;
    }
    from.delete(record);
    record.deadline = deadline;
    to.add(record);
  }

  #deadlinesOf({ kind }: State): Deadlines<MemoryRecord> {
    return kind === 'claimed' ? this.#leases : this.#expiries;
  }

  /** Gives the key, a string of its own, a live state, when there is room; otherwise all stays as it was. */
  #set(
    key: string,
    record: MemoryRecord | undefined,
    state: State,
    deadline: number,
    now: number,
  ): void {
    const bytes = bytesOf(key, state);
    const wasLive = record !== undefined && record.state.kind !== 'lapsed';
    this.#makeRoom(wasLive ? 0 : 1, wasLive ? bytes - record.bytes : bytes, now);
    if (record === undefined) {
      if (state.kind === 'claimed') this.#checkLapsed(now);
      const made: MemoryRecord = { key, state, bytes, deadline, slot: 0 };
      this.#byKey.set(made.key, made);
      this.#deadlinesOf(state).add(made);
    } else {
      this.#room(record.state).add(-1, -record.bytes);
      this.#change(record, state, bytes, deadline);
    }
    this.#live.add(1, bytes);
  }

  #makeRoom(entries: number, bytes: number, now: number): void {
    while (!this.#live.fits(entries, bytes)) {
      if (this.#dropDue(now)) continue;
      throw full(
        `it holds ${this.#live}, and this one needs ${bytes} bytes. Live records are never dropped: raise maxEntries or maxBytes, or shorten the ttl`,
      );
    }
  }

  #checkLapsed(now: number): void {
    while (!this.#lapsed.fits(1, 1)) {
      if (this.#dropDue(now)) continue;
      throw full(
        `it remembers ${this.#lapsed} of claims that lapsed in the last 24 hours, neither completed nor released. Find out why handlers do not end, or raise maxEntries or maxBytes`,
      );
    }
  }

  #room(state: State): Room {
    return state.kind === 'lapsed' ? this.#lapsed : this.#live;
  }

  #nextFence(now: number): number {
    const micros = Math.floor(now * 1000);
    this.#lastFence = Math.max(this.#lastFence + 1, Number.isSafeInteger(micros) ? micros : 0);
    return this.#lastFence;
  }
}

function full(why: string): IdempotencyError {
  return new IdempotencyError('IDEM_STORE_FULL', `The memory store is full: ${why}.`, {
    retryable: true,
  });
}
