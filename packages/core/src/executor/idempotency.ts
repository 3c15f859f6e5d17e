import { checkOptionNames } from '../contract/check-options.ts';
import { refuse } from '../contract/checks.ts';
import type { Inspection } from '../contract/inspection.ts';
import type { IdempotencyStore, OperationOptions } from '../contract/store.ts';
import type { RunTransaction, TransactionalStore } from '../contract/transactional-store.ts';
import { type Reading, readRecord } from '../results/record.ts';
import { type Runtime, systemRuntime } from '../time/runtime.ts';
import { type Config, checkOptions, checkRunOptions } from './config.ts';
import { publish, traceRun } from './diagnostics.ts';
import type { IdempotencyOptions, RunOptions } from './options.ts';
import { Call, type Work } from './run/call.ts';
import type { RunContext } from './run/context.ts';
import { callAndRecord } from './run/execute.ts';
import type { Outcome } from './run/outcome.ts';
import { Room } from './run/room.ts';
import { joinKey, type Scope, scopeParts } from './scope.ts';
import { callInTransaction } from './transaction/transaction.ts';
import { runUnprotected } from './unprotected.ts';
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

const KEY_NAMES: ReadonlySet<string> = new Set<keyof KeyOptions>(['scope', 'signal']);

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
  readonly #rooms: Map<string, Room> = new Map();
  readonly #whenEmpty = (key: string): void => void this.#rooms.delete(key);

  /** @param runtime the clock, timers and chance of a simulation; the process's own unless given */
  constructor(options: IdempotencyOptions<S>, runtime: Runtime = systemRuntime) {
    this.#config = checkOptions(options, runtime);
    this.store = options.store;
  }

  /**
   * Calls `fn` when nobody has under this key, and records what it returns; otherwise resolves with
   * what was recorded. The value is always as a replay gives it: through the codec.
   *
   * Rejects with what `fn` threw, and with the following, which carry the record's `key`:
   * - `IDEM_IN_PROGRESS` (`leaseRemaining`): another call is executing, and `wait` is over or 0
   * - `IDEM_KEY_REUSED`: the key was used with another fingerprint
   * - `IDEM_LEASE_LOST`: the claim was lost to another, or ended; nothing was recorded by this call
   * - `IDEM_NOT_RECORDED` (`value`): `fn` succeeded, and the store did not confirm the record in time
   * - `IDEM_RESULT_UNENCODABLE` (`value`): `fn` was executed, and its result is one that cannot be replayed
   * - `IDEM_RESULT_UNDECODABLE`: the record was written by something else, or with another codec
   * - `IDEM_INVALID_KEY`, `IDEM_INVALID_FINGERPRINT`, `IDEM_INVALID_TTL`, `IDEM_INVALID_LEASE`,
   *   `IDEM_TTL_TOO_SHORT`, `IDEM_INVALID_OPTIONS`, before anything is sent
   * - the store's own error, when it cannot be asked; nothing was executed
   */
  async run<T>(
    key: string,
    fn: (context: RunContext) => T | PromiseLike<T>,
    options: RunOptions = {},
  ): Promise<RunResult<T>> {
    checkFunction(fn, 'fn');
    return this.#run(this.#call(key, options, callAndRecord(fn)), fn);
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
    options: RunOptions = {},
  ): Promise<RunResult<T>> {
    checkFunction(this.store.inTransaction, 'inTransaction of the store');
    checkFunction(begin, 'begin');
    checkFunction(fn, 'fn');
    const call = this.#call(key, options, callInTransaction(this.store, begin, fn));
    return this.#run(call, (context) => begin(async (tx) => fn(Object.freeze({ ...context, tx }))));
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
   * stopped, but loses its claim. Rejects as the store's `remove` does.
   */
  async forget(key: string, options: KeyOptions = {}): Promise<void> {
    checkFunction(this.store.remove, 'remove of the store');
    return this.store.remove(this.recordKey(key, options), operationOptions(options));
  }

  /**
   * The key under which `key` is recorded in the store, scope included: for the store's operations
   * and the operator's own tools. Throws `IDEM_INVALID_KEY` or `IDEM_INVALID_OPTIONS`.
   */
  recordKey(key: string, options: KeyOptions = {}): string {
    checkOptionNames(options, KEY_NAMES, 'options of a key');
    return joinKey(this.#scope(options), key);
  }

  #scope(options: { readonly scope?: Scope }): readonly string[] {
    const { scope } = this.#config;
    return 'scope' in options ? Object.freeze([...scope, ...scopeParts(options.scope)]) : scope;
  }

  #call(key: string, options: RunOptions, work: Work): Call {
    checkRunOptions(options, this.#config);
    return new Call(this.#config, key, this.#scope(options), options, work);
  }

  #run<T>(call: Call, unprotected: (context: RunContext) => unknown): Promise<RunResult<T>> {
    return traceRun(call.recordKey, () =>
      call.untilAborted(() => this.#settle<T>(call, unprotected)),
    );
  }

  async #settle<T>(
    call: Call,
    unprotected: (context: RunContext) => unknown,
  ): Promise<RunResult<T>> {
    const settlement = await this.#room(call.recordKey).settle(call);
    switch (settlement.kind) {
      case 'replayed':
        return { value: asValue<T>(await this.#replay(call, settlement.bytes)), replayed: true };
      case 'executed': {
        const { fence, takeover } = settlement.attempt;
        return { value: resultOf<T>(settlement.outcome), replayed: false, fence, takeover };
      }
      case 'unreachable': {
        const { reading } = await runUnprotected(call, unprotected);
        return { value: asValue<T>(reading), replayed: false, fence: 0, takeover: true };
      }
    }
  }

  async #replay(call: Call, bytes: Uint8Array): Promise<Reading> {
    const { recordKey: key, config, startedAt } = call;
    const reading = await readRecord(config.codec, key, bytes);
    const { kind } = reading;
    publish('idem:replayed', () => ({ key, kind, time: config.timers.now() - startedAt }));
    return reading;
  }

  #room(recordKey: string): Room {
    let room = this.#rooms.get(recordKey);
    if (room === undefined) {
      room = new Room(this.#config, recordKey, this.#whenEmpty);
      this.#rooms.set(recordKey, room);
    }
    return room;
  }
}

function resultOf<T>(outcome: Outcome): T {
  switch (outcome.kind) {
    case 'recorded':
      return asValue<T>(outcome.record.reading);
    case 'not-kept':
      return trusted<T>(outcome.value);
    case 'failed':
      throw outcome.error;
  }
}

function asValue<T>(reading: Reading): T {
  if (reading.kind === 'error') throw reading.error;
  return trusted<T>(reading.value);
}

/**
 * The one place where a type is taken on trust: T is what the function returned, and the codec gives
 * it back, for JSON with Dates as strings and without fields that are undefined.
 */
function trusted<T>(value: unknown): T {
  return value as T;
}

function operationOptions({ signal }: KeyOptions): OperationOptions {
  return signal === undefined ? {} : { signal };
}

function checkFunction(fn: unknown, name: string): void {
  if (typeof fn !== 'function') refuse('IDEM_INVALID_OPTIONS', fn, 'a function', name);
}
