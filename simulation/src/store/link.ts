import { IdempotencyError } from '@idem/core';
import type { Process } from '../world/process.ts';
import type { Database, Transaction } from './database.ts';
import { type Fate, fateAt, type Weather } from './weather.ts';

/** One request: what the store is to do, in words and in deed. */
export interface Request<T> {
  readonly words: string;
  readonly key: string;
  readonly act: () => T;
  readonly tx?: Transaction;
  /** It is answered though a transaction holds the row. */
  readonly isAnsweredBeside?: () => boolean;
  /** An answer that is none. */
  readonly nonsense?: unknown;
}

/** What one process sends to the store, and what the network makes of it. */
export class Link {
  readonly #process: Process;
  readonly #host: string;
  readonly #database: Database;
  readonly #weather: Weather;
  #lostRenewal = false;
  /** How many keys are watched. */
  watching = 0;
  /** When the claims of each key were sent. */
  readonly claims: Map<string, number[]> = new Map();

  constructor(process: Process, host: string, database: Database, weather: Weather) {
    this.#process = process;
    this.#host = host;
    this.#database = database;
    this.#weather = weather;
  }

  /** A request that may meet any fault. */
  send<T>(request: Request<T>, signal?: AbortSignal): Promise<T> {
    const { world } = this.#process;
    const fate = this.#fate(request);
    const { name } = this.#process;
    world.say(name, () => `→ ${request.words}${fate === 'arrives' ? '' : `   (${fate})`}`);
    if (request.words.startsWith('claim')) this.#count(request.key);
    return new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      const answer = (value: T): void => this.#answer(request, value, resolve, reject);
      switch (fate) {
        case 'vanishes':
          return undefined;
        case 'request lost':
          return this.#giveUp(request, reject);
        case 'reply lost':
          this.#giveUp(request, reject);
          return this.#deliver(request, this.#way(request), () => {});
        case 'late':
          this.#giveUp(request, reject);
          return this.#deliver(request, this.#lateness(), () => {});
        case 'twice':
          this.#deliver(request, this.#lateness(), () => {});
          return this.#deliver(request, this.#way(request), answer);
        case 'refused':
        case 'failed':
          return this.#refuse(request, fate === 'refused', reject);
        case 'nonsense':
          return this.#deliver({ ...request, act: () => request.nonsense as T }, 1, answer);
        default:
          return this.#deliver(request, this.#way(request), answer);
      }
    });
  }

  /** A request that meets no fault: those of a transaction have theirs elsewhere. */
  ask<T>(request: Request<T>): Promise<T> {
    this.#process.world.say(this.#process.name, () => `→ ${request.words}`);
    return new Promise((resolve, reject) => {
      this.#deliver(request, this.#way(request), (value) =>
        this.#answer(request, value, resolve, reject),
      );
    });
  }

  /** It takes effect at the store after so long, once no transaction of another holds the row. */
  #deliver<T>(request: Request<T>, delay: number, answer: (value: T) => void): void {
    const { world } = this.#process;
    const act = (): void => {
      const value = request.act();
      world.say('store', () => `${request.words} of ${this.#process.name}: ${show(value)}`);
      answer(value);
    };
    const run = (): void => {
      if (request.isAnsweredBeside?.() === true) act();
      else this.#database.whenFree(request.key, request.tx, act);
    };
    world.schedule({
      at: world.now + delay,
      owner: undefined,
      kind: 'message',
      what: request.words,
      run,
    });
  }

  #answer<T>(
    request: Request<T>,
    value: T,
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
  ): void {
    const { world, name } = this.#process;
    world.schedule({
      at: world.now + this.#way(request),
      owner: this.#process,
      kind: 'message',
      what: `answer to ${request.words}`,
      run: () => {
        world.say(name, () => `← ${request.words}: ${show(value)}`);
        resolve(value);
      },
      lose: () => this.#giveUp(request, reject, true),
    });
  }

  /** The adapter's own time-out, if it has one. */
  #giveUp<T>(request: Request<T>, reject: (error: unknown) => void, surely = false): void {
    const { world, name } = this.#process;
    if (!surely && world.chance.percent(30)) return;
    this.#process.after(surely ? 40 : world.chance.oneOf(10, 40, 150, 700), 'time-out', () => {
      world.say(name, () => `← ${request.words}: no answer in time`);
      reject(storeError('IDEM_STORE_TIMEOUT', true));
    });
  }

  #refuse<T>(request: Request<T>, passing: boolean, reject: (error: unknown) => void): void {
    const { world, name } = this.#process;
    const code = passing
      ? world.chance.oneOf('IDEM_STORE_UNAVAILABLE', 'IDEM_STORE_BUSY')
      : world.chance.oneOf('IDEM_STORE_FAILED', 'IDEM_STORE_FULL');
    this.#process.after(this.#way(request), 'refusal', () => {
      world.say(name, () => `← ${request.words}: ${code}`);
      reject(storeError(code, passing));
    });
  }

  #way(request: Request<unknown>): number {
    const { slowest, slowestClaim } = this.#weather;
    const most = request.words.startsWith('claim') ? slowestClaim : slowest;
    return this.#process.world.chance.between(Math.min(1, most), most);
  }

  #lateness(): number {
    return this.#process.world.chance.oneOf(20, 100, 400, 1_500);
  }

  /** Wake-ups arrive late, at times for nothing, and not at all while the network fails. */
  watch(key: string, wake: () => void): () => void {
    const { world, name } = this.#process;
    const { watchers } = this.#database.row(key);
    let watching = true;
    const watcher = (): void => {
      const fate = fateAt(this.#weather, world.chance, world.now, this.#host);
      if (fate !== 'arrives' && fate !== 'late' && fate !== 'twice') return;
      const delay = fate === 'late' ? this.#lateness() : world.chance.between(1, 4);
      this.#process.after(delay, 'wake-up', () => {
        if (!watching) return;
        world.say(name, () => `← wake-up for ${key}`);
        wake();
      });
    };
    watchers.add(watcher);
    this.watching += 1;
    if (world.chance.percent(10)) watcher();
    return () => {
      if (!watching) return;
      watching = false;
      this.watching -= 1;
      watchers.delete(watcher);
    };
  }

  #fate(request: Request<unknown>): Fate {
    const { world } = this.#process;
    if (this.#weather.losesRenewal && !this.#lostRenewal && request.words.startsWith('renew')) {
      this.#lostRenewal = true;
      return 'vanishes';
    }
    return fateAt(this.#weather, world.chance, world.now, this.#host);
  }

  #count(key: string): void {
    const sent = this.claims.get(key) ?? [];
    sent.push(this.#process.world.now);
    this.claims.set(key, sent);
  }
}

export function storeError(
  code:
    | 'IDEM_STORE_TIMEOUT'
    | 'IDEM_STORE_UNAVAILABLE'
    | 'IDEM_STORE_BUSY'
    | 'IDEM_STORE_FAILED'
    | 'IDEM_STORE_FULL',
  retryable: boolean,
): IdempotencyError {
  return new IdempotencyError(code, `The simulated store: ${code}.`, { retryable });
}

function show(value: unknown): string {
  if (value instanceof Uint8Array) return 'a value';
  if (typeof value !== 'object' || value === null) return String(value);
  const fields = Object.entries(value).map(([name, field]) => `${name} ${show(field)}`);
  return fields.join(', ') || '{}';
}
