import { refuse } from '../contract/checks.ts';
import type { IdempotencyStore } from '../contract/store.ts';
import type { RunTransaction, TransactionalStore } from '../contract/transactional-store.ts';
import { type Reading, readRecord } from '../results/record.ts';
import { publish } from './diagnostics.ts';
import { hashFingerprint } from './fingerprint.ts';
import {
  type Config,
  checkOptions,
  checkRunOptions,
  type IdempotencyOptions,
  type RunOptions,
} from './options.ts';
import { Caller, type Grant } from './run/caller.ts';
import { Contest, type Settlement } from './run/contest.ts';
import { callAndRecord } from './run/effect.ts';
import { type Effect, Execution, type RunContext } from './run/execution.ts';
import { joinKey, type Scope, scopeParts } from './scope.ts';
import { callInTransaction } from './transaction/transaction.ts';
import { runUnprotected } from './unprotected.ts';
import { type WrapOptions, wrapOptions } from './wrap.ts';

/** What a call of `run` resolves with. */
export type RunResult<T> =
  | { readonly value: T; readonly replayed: true }
  /** This call executed: its fence, and whether it took over from an execution that did not end. */
  | {
      readonly value: T;
      readonly replayed: false;
      readonly fence: number;
      readonly takeover: boolean;
    };

/**
 * Runs a function once per idempotency key, and gives its result to everyone who asks again.
 *
 * Throws at construction: `IDEM_INVALID_OPTIONS`, `IDEM_INVALID_TTL`, `IDEM_INVALID_LEASE`, and
 * `IDEM_TTL_TOO_SHORT` for a ttl shorter than the lease or the `retryWindow`.
 */
export class Idempotency<S extends IdempotencyStore = IdempotencyStore> {
  /** The store it was made with. */
  readonly store: S;
  readonly #config: Config;
  readonly #contests: Map<string, Contest> = new Map();

  constructor(options: IdempotencyOptions<S>) {
    this.#config = checkOptions(options);
    this.store = options.store;
  }

  /**
   * Calls `fn` when nobody has under this key, and records what it returns; otherwise resolves with
   * what was recorded. The value is always as a replay gives it: through the codec.
   *
   * Rejects with what `fn` threw, and with:
   * - `IDEM_IN_PROGRESS` (`leaseRemaining`): another call is executing, and `wait` is over or 0
   * - `IDEM_KEY_REUSED`: the key was used with another fingerprint
   * - `IDEM_LEASE_LOST`: the claim was lost to another, or ended; nothing was recorded by this call
   * - `IDEM_NOT_RECORDED` (`value`): `fn` succeeded, and the store did not confirm the record
   * - `IDEM_RESULT_UNENCODABLE`: `fn` was executed, and its result is one that cannot be replayed
   * - `IDEM_RESULT_UNDECODABLE`: the record was written by something else, or with another codec
   * - `IDEM_INVALID_KEY`, `IDEM_INVALID_FINGERPRINT`, `IDEM_INVALID_OPTIONS`, before anything is sent
   * - the store's own error, when it cannot be asked; nothing was executed
   */
  async run<T>(
    key: string,
    fn: (context: RunContext) => T | PromiseLike<T>,
    options: RunOptions = {},
  ): Promise<RunResult<T>> {
    checkFunction(fn, 'fn');
    const settle = (context: RunContext): unknown => fn(context);
    return this.#run(key, callAndRecord(settle), settle, options);
  }

  /**
   * As `run`, with the record written in the transaction in which `fn` writes: both commit, or
   * neither does. An execution that lost its lease is rolled back, and rejects with
   * `IDEM_LEASE_LOST`.
   *
   * When the commit fails and nobody can say whether it took effect, the store is asked; if it does
   * not answer before the lease ends, the call rejects with `IDEM_NOT_RECORDED`.
   *
   * @param begin runs the work in a transaction: `(work) => db.transaction().execute(work)`
   */
  async runInTransaction<T, Tx>(
    this: Idempotency<TransactionalStore<Tx>>,
    key: string,
    begin: RunTransaction<Tx>,
    fn: (context: RunContext & { readonly tx: Tx }) => T | PromiseLike<T>,
    options: RunOptions = {},
  ): Promise<RunResult<T>> {
    checkFunction(this.store.inTransaction, 'inTransaction of the store');
    checkFunction(begin, 'begin');
    checkFunction(fn, 'fn');
    const effect = callInTransaction(this.store, begin, fn);
    const unprotected = (context: RunContext): unknown =>
      begin(async (tx) => fn(Object.freeze({ ...context, tx })));
    return this.#run(key, effect, unprotected, options);
  }

  /**
   * The same function, executed once per key. It is called with the arguments and `this` of the
   * call, and resolves with the value alone. `key` and the other functions of the options are given
   * the arguments before `fn` is called.
   */
  wrap<Args extends readonly unknown[], T>(
    fn: (...args: Args) => T | PromiseLike<T>,
    options: WrapOptions<Args>,
  ): (...args: Args) => Promise<T> {
    checkFunction(fn, 'fn');
    checkFunction(options?.key, 'key');
    const run = async (self: unknown, args: Args): Promise<T> => {
      const key = options.key(...args);
      const call = (): T | PromiseLike<T> => Reflect.apply(fn, self, args);
      return (await this.run(key, call, wrapOptions(options, args))).value;
    };
    return function wrapped(this: unknown, ...args: Args): Promise<T> {
      return run(this, args);
    };
  }

  /**
   * The key under which `key` is recorded in the store, scope included: for `store.find`,
   * `store.remove` and the operator's own tools. Throws `IDEM_INVALID_KEY` or `IDEM_INVALID_OPTIONS`.
   */
  recordKey(key: string, options: { readonly scope?: Scope } = {}): string {
    return joinKey(this.#scope(options), key);
  }

  #scope(options: { readonly scope?: Scope }): readonly string[] {
    const { scope } = this.#config;
    return 'scope' in options ? [...scope, ...scopeParts(options.scope)] : scope;
  }

  async #run<T>(
    key: string,
    effect: Effect,
    unprotected: (context: RunContext) => unknown,
    options: RunOptions,
  ): Promise<RunResult<T>> {
    checkRunOptions(options);
    const config = this.#config;
    const scope = Object.freeze([...this.#scope(options)]);
    const recordKey = joinKey(scope, key);
    const { fingerprint: content, wait = config.wait, signal } = options;
    const fingerprint = content === undefined ? undefined : hashFingerprint(content);
    const begin = (grant: Grant): Execution => {
      const { fence, takeover, claimTime } = grant;
      publish('idem:claimed', () => ({ key: recordKey, fence, takeover, claimTime }));
      return new Execution({ ...grant, config, key, scope, recordKey, fingerprint }, effect);
    };
    const startedAt = performance.now();
    const caller = new Caller({ key: recordKey, fingerprint, wait, signal, begin });
    const settlement = await this.#contest(recordKey).settle(caller);
    if (settlement.kind === 'unreachable') {
      return runUnprotected(config, { key, scope, recordKey }, unprotected, signal);
    }
    const reading = await this.#read(recordKey, settlement, startedAt);
    if (reading.kind === 'error') throw reading.error;
    // The one place where a type is taken on trust: T is what the function returned, and the codec
    // gives it back, for JSON with Dates as strings and without fields that are undefined.
    const value = reading.value as T;
    if (settlement.kind === 'replayed') return { value, replayed: true };
    const { fence, takeover } = settlement.execution;
    return { value, replayed: false, fence, takeover };
  }

  async #read(
    recordKey: string,
    settlement: Exclude<Settlement, { kind: 'unreachable' }>,
    startedAt: number,
  ): Promise<Reading> {
    if (settlement.kind === 'executed') {
      const { outcome } = settlement.execution;
      if (outcome?.kind === 'recorded') return outcome.record.reading;
      return { kind: 'error', error: outcome?.error };
    }
    const reading = await readRecord(this.#config.codec, recordKey, settlement.bytes);
    const { kind } = reading;
    publish('idem:replayed', () => ({ key: recordKey, kind, time: performance.now() - startedAt }));
    return reading;
  }

  #contest(recordKey: string): Contest {
    let contest = this.#contests.get(recordKey);
    if (contest === undefined) {
      contest = new Contest(this.#config, recordKey, () => this.#contests.delete(recordKey));
      this.#contests.set(recordKey, contest);
    }
    return contest;
  }
}

function checkFunction(fn: unknown, name: string): void {
  if (typeof fn !== 'function') refuse('IDEM_INVALID_OPTIONS', fn, 'a function', name);
}
