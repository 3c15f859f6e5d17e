import { checkOptionNames } from '../contract/check-options.ts';
import { refuse } from '../contract/checks.ts';
import type { Inspection } from '../contract/inspection.ts';
import type { IdempotencyStore, OperationOptions } from '../contract/store.ts';
import type { RunTransaction, TransactionalStore } from '../contract/transactional-store.ts';
import { type Runtime, systemRuntime } from '../time/runtime.ts';
import type { CallingBack } from './calling-back.ts';
import { type Config, checkOptions, checkRunOptions } from './config.ts';
import { runs } from './diagnostics.ts';
import { withKey } from './errors.ts';
import type { IdempotencyOptions, RunOptions } from './options.ts';
import { resultOf } from './result.ts';
import { resultAtOnce } from './run/at-once.ts';
import { Call, type Work } from './run/call.ts';
import type { RunContext } from './run/context.ts';
import { callAndRecord } from './run/execute.ts';
import type { Fail, Settlement } from './run/outcome.ts';
import type { Room } from './run/room.ts';
import { settle } from './run/settle.ts';
import { joinKey, type Scope, Scopings } from './scope.ts';
import { callInTransaction } from './transaction/transaction.ts';
import { checkWrapOptions, optionsOfCall, type WrapOptions } from './wrap.ts';

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

/** A function that is executed once per key, with the arguments and the `this` of the call. */
export interface Wrapped<Args extends readonly unknown[], T> {
  (...args: Args): Promise<T>;
  /** The same, and tells a replay from an execution. */
  run(...args: Args): Promise<RunResult<T>>;
}

/** Which record is meant, and when to give up asking. */
export interface KeyOptions extends OperationOptions {
  /** As of `run`. */
  readonly scope?: Scope;
}

const NONE: RunOptions = Object.freeze({});
const KEY_NAMES: ReadonlySet<string> = new Set<keyof KeyOptions>(['scope', 'signal']);

/**
 * Runs a function once per idempotency key, and gives its result to everyone who asks again.
 *
 * Throws at construction: `IDEM_INVALID_OPTIONS`, `IDEM_INVALID_TTL`, `IDEM_INVALID_LEASE`, and
 * `IDEM_TTL_TOO_SHORT` for a ttl shorter than the lease or the `retryWindow`.
 */
export class Idempotency<S extends IdempotencyStore = IdempotencyStore> implements CallingBack {
  /** The store it was made with. */
  readonly store: S;
  readonly #config: Config;
  readonly #scopings: Scopings;
  readonly #rooms: Map<string, Room> = new Map();

  /** @param runtime the clock, timers and chance of a simulation; the process's own unless given */
  constructor(options: IdempotencyOptions<S>, runtime: Runtime = systemRuntime) {
    this.#config = checkOptions(options, runtime);
    this.#scopings = new Scopings(this.#config.scope);
    this.store = options.store;
  }

  /**
   * Calls `fn` when nobody has under this key, and records what it returns; otherwise resolves with
   * what was recorded. The value is as a replay gives it, through the codec; only one that `recordResult`
   * does not keep is as `fn` returned it.
   *
   * Rejects with what `fn` threw, with the store's own error when it cannot be asked (nothing was
   * executed then), and with the following, which carry the record's `key` where it is known:
   * - `IDEM_IN_PROGRESS` (`leaseRemaining`): another call is executing, and `wait` is over or 0
   * - `IDEM_KEY_REUSED`: the key was used with another fingerprint
   * - `IDEM_LEASE_LOST`: the claim was lost to another, or ended; nothing was recorded by this call
   * - `IDEM_NOT_RECORDED` (`value`): `fn` succeeded, and the store did not confirm the record in time
   * - `IDEM_RESULT_UNENCODABLE` (`value`): `fn` was executed, and its result is one that cannot be replayed
   * - `IDEM_RESULT_UNDECODABLE`: the record was written by something else, or with another codec
   * - `IDEM_INVALID_KEY`, `IDEM_INVALID_FINGERPRINT`, `IDEM_INVALID_TTL`, `IDEM_INVALID_LEASE`,
   *   `IDEM_TTL_TOO_SHORT`, `IDEM_INVALID_OPTIONS`, before anything is sent
   * - `IDEM_STORE_TIMEOUT`, `IDEM_STORE_FAILED`: the store did not answer within the lease, or what no
   *   store may answer
   */
  run<T>(
    key: string,
    fn: (context: RunContext) => T | PromiseLike<T>,
    options: RunOptions = NONE,
  ): Promise<RunResult<T>> {
    if (!runs.hasSubscribers) return this.#run<T>(key, options, callAndRecord, fn);
    return this.#traced(key, options, () => this.#run<T>(key, options, callAndRecord, fn));
  }

  /**
   * As `run`, with the record written in the transaction in which `fn` writes: both commit, or
   * neither does. An execution that lost its lease is rolled back, and rejects with
   * `IDEM_LEASE_LOST`. Every result is recorded: `recordResult` is not asked.
   *
   * `begin` may run the work again, after a deadlock or a commit that nobody confirmed: before `fn`
   * is called again the store is asked whether the key is still held and unrecorded. When the commit
   * fails and nobody can say whether it took effect, the store is asked; if it does not answer in
   * time, the call rejects with `IDEM_NOT_RECORDED`.
   *
   * @param begin runs the work in a transaction: `(work) => db.transaction().execute(work)`
   */
  async runInTransaction<T, Tx>(
    this: Idempotency<TransactionalStore<Tx>>,
    key: string,
    begin: RunTransaction<Tx>,
    fn: (context: RunContext & { readonly tx: Tx }) => T | PromiseLike<T>,
    options: RunOptions = NONE,
  ): Promise<RunResult<T>> {
    try {
      checkFunction(this.store.inTransaction, 'inTransaction of the store');
      checkFunction(begin, 'begin');
      checkFunction(fn, 'fn');
    } catch (error) {
      throw withKey(error, this.#keyIfKnown(key, options));
    }
    const work = callInTransaction(this.store, begin, fn);
    const unprotected = (context: RunContext): unknown =>
      begin(async (tx) => fn(Object.freeze({ ...context, tx })));
    if (!runs.hasSubscribers) return this.#run<T>(key, options, work, unprotected);
    return this.#traced(key, options, () => this.#run<T>(key, options, work, unprotected));
  }

  /**
   * The same function, executed once per key. It is called with the arguments and `this` of the
   * call, and resolves with the value alone; its `run` tells a replay as well. `key` and the other
   * functions of the options are given the arguments before `fn` is called.
   */
  wrap<Args extends readonly unknown[], T>(
    fn: (...args: Args) => T | PromiseLike<T>,
    options: WrapOptions<Args>,
  ): Wrapped<Args, T> {
    checkFunction(fn, 'fn');
    checkWrapOptions(options);
    const run = async (self: unknown, args: Args): Promise<RunResult<T>> => {
      const key = options.key(...args);
      return this.run(key, () => Reflect.apply(fn, self, args), optionsOfCall(options, args));
    };
    async function wrapped(this: unknown, ...args: Args): Promise<T> {
      return (await run(this, args)).value;
    }
    function runOf(this: unknown, ...args: Args): Promise<RunResult<T>> {
      return run(this === wrapped ? undefined : this, args);
    }
    return Object.assign(wrapped, { run: runOf });
  }

  /**
   * What is recorded for the key: nothing, a claim or a result, and for how long; never the value.
   * Times are by the store's clock. Rejects as the store's `inspect` does.
   */
  async status(key: string, options: KeyOptions = {}): Promise<Inspection> {
    checkFunction(this.store.inspect, 'inspect of the store');
    return this.store.inspect(this.recordKey(key, options), operationOptions(options));
  }

  /**
   * Forgets what is recorded for the key: the next call executes. An execution under way is not
   * stopped, but loses its claim: in this process at once, elsewhere at its next renewal. Rejects as
   * the store's `remove` does.
   */
  async forget(key: string, options: KeyOptions = {}): Promise<void> {
    checkFunction(this.store.remove, 'remove of the store');
    const recordKey = this.recordKey(key, options);
    const running = this.#rooms.get(recordKey)?.running;
    await this.store.remove(recordKey, operationOptions(options));
    // Until its next renewal it would not know, and those who come now would be refused for it.
    running?.forgotten();
  }

  /**
   * The key under which `key` is recorded in the store, scope included: for the store's operations
   * and the operator's own tools. Throws `IDEM_INVALID_KEY` or `IDEM_INVALID_OPTIONS`.
   */
  recordKey(key: string, options: KeyOptions = {}): string {
    checkOptionNames(options, KEY_NAMES, 'options of a key');
    return joinKey(this.#scopings.of(options), key);
  }

  'idem:runCallingBack'<T>(
    key: string,
    fn: (context: RunContext) => T | PromiseLike<T>,
    options: RunOptions,
    settled: (result: RunResult<T>) => void,
    failed: (error: unknown) => void,
  ): void {
    if (runs.hasSubscribers) this.run(key, fn, options).then(settled, failed);
    else this.#start(key, options, callAndRecord, fn, settled, failed);
  }

  #run<T>(
    key: string,
    options: RunOptions,
    work: Work,
    fn: (context: RunContext) => unknown,
  ): Promise<RunResult<T>> {
    return new Promise((resolve, reject) =>
      this.#start<T>(key, options, work, fn, resolve, reject),
    );
  }

  #start<T>(
    key: string,
    options: RunOptions,
    work: Work,
    fn: (context: RunContext) => unknown,
    settled: (result: RunResult<T>) => void,
    failed: (error: unknown) => void,
  ): void {
    let call: Call;
    let known: Settlement | undefined;
    try {
      call = this.#call(key, options, work, fn);
      known = resultAtOnce(call);
    } catch (error) {
      failed(error);
      return;
    }
    const deliver = (settlement: Settlement): void => {
      let result: RunResult<T> | Promise<RunResult<T>>;
      try {
        result = resultOf<T>(call, settlement);
      } catch (error) {
        failed(error);
        return;
      }
      if (result instanceof Promise) result.then(settled, failed);
      else settled(result);
    };
    if (known !== undefined) deliver(known);
    else if (call.signal === undefined) settle(this.#rooms, call, deliver, failed);
    else {
      const settling = (take: (settlement: Settlement) => void, fail: Fail): void =>
        settle(this.#rooms, call, take, fail);
      call.untilAborted(() => new Promise<Settlement>(settling)).then(deliver, failed);
    }
  }

  /** Checks the arguments. A refusal carries the key of the record, where they say which that is. */
  #call(key: string, options: RunOptions, work: Work, fn: (context: RunContext) => unknown): Call {
    try {
      if (typeof fn !== 'function') refuse('IDEM_INVALID_OPTIONS', fn, 'a function', 'fn');
      if (options !== NONE) checkRunOptions(options, this.#config);
      return new Call(this.#config, key, this.#scopings.of(options), options, work, fn);
    } catch (error) {
      throw withKey(error, this.#keyIfKnown(key, options));
    }
  }

  async #traced<T>(
    key: string,
    options: RunOptions,
    run: () => Promise<RunResult<T>>,
  ): Promise<RunResult<T>> {
    const recordKey = this.#keyIfKnown(key, options);
    return recordKey === undefined ? run() : runs.tracePromise(run, { key: recordKey });
  }

  #keyIfKnown(key: string, options: RunOptions): string | undefined {
    try {
      return joinKey(this.#scopings.of(options), key);
    } catch {
      return undefined;
    }
  }
}

function operationOptions({ signal }: KeyOptions): OperationOptions {
  return signal === undefined ? {} : { signal };
}

function checkFunction(fn: unknown, name: string): void {
  if (typeof fn !== 'function') refuse('IDEM_INVALID_OPTIONS', fn, 'a function', name);
}
