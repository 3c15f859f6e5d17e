import { isAscii } from 'node:buffer';
import type {
  ClaimResult,
  Completed,
  Inspection,
  StoreSupport,
  Support,
  Unwatch,
} from '@idem/core';
import { AbstractStore, refuse, WakeUps } from '@idem/core/adapter';
import { Acknowledgement } from './acknowledgement.ts';
import { CallNames } from './call-names.ts';
import { openClient } from './connect.ts';
import { diagnose } from './diagnose/diagnose.ts';
import { durabilityOf, UNASKED } from './diagnose/durability.ts';
import type { DiagnoseOptions, Finding } from './diagnose/finding.ts';
import { judgeTracking } from './diagnose/judge-tracking.ts';
import type { Argument, Driver } from './driver/driver.ts';
import { driverOf } from './driver/driver-of.ts';
import {
  type CheckedSettings,
  type ConnectOptions,
  checkSettingNames,
  checkSettings,
  type RedisStoreOptions,
} from './options.ts';
import type { CachedRecord } from './replay-cache/records.ts';
import { ReplayCache } from './replay-cache/replay-cache.ts';
import { parseBoolean, parseClaim, parseFound, parseInspection, parseKept } from './replies.ts';
import { Runner } from './runner.ts';
import { CLAIM_KEPT, claimRest, completedEnd, storedEnd } from './scripts/record.ts';
import type { Script } from './scripts/script.ts';
import { type Scripts, scriptsFor } from './scripts/scripts.ts';

/**
 * An idempotency-key store on Redis or Valkey, 6.2 and up, through ioredis or node-redis: one
 * server, Sentinel or Cluster.
 *
 * One key per record, one round trip per operation (two with `replicas`). What a record survives
 * depends on how the server is set up: `diagnose()` says.
 */
export class RedisStore extends AbstractStore {
  readonly #driver: Driver;
  readonly #settings: CheckedSettings;
  readonly #scripts: Scripts;
  readonly #runner: Runner;
  readonly #wakeUps: WakeUps | undefined;
  readonly #replays: ReplayCache | undefined;
  readonly #calls = new CallNames();
  #close: () => Promise<void> = async () => {};
  #supports: StoreSupport;

  /** Throws `IDEM_INVALID_OPTIONS` for bad options. Nothing is sent. */
  constructor(options: RedisStoreOptions) {
    super();
    checkSettingNames(options, ['client'], 'options of RedisStore');
    this.#driver = driverOf(options.client);
    this.#settings = checkSettings(options);
    const { prefix, replicas, timeout, wakeUp, timeInScripts, replayCache } = this.#settings;
    if (replayCache !== undefined && this.#driver.isCluster) {
      const what = 'left out for a Cluster, where several servers would have to tell of changes';
      refuse('IDEM_INVALID_OPTIONS', replayCache, what, 'option replayCache');
    }
    const acknowledgement = replicas === undefined ? undefined : new Acknowledgement(replicas);
    this.#runner = new Runner(this.#driver, timeout, acknowledgement);
    this.#scripts = scriptsFor({
      ...{ wakeUp, timeInScripts },
      replicas: replicas !== undefined,
      replayCache: replayCache !== undefined,
    });
    this.#replays =
      replayCache &&
      new ReplayCache({ ...replayCache, prefix, driver: this.#driver, probe: this.#scripts.probe });
    this.#wakeUps = wakeUp
      ? new WakeUps((events, key) =>
          this.#driver.use(key, (connection) => connection.openSubscriber(events)),
        )
      : undefined;
    this.#supports = {
      durability: UNASKED,
      sharing: { promised: true },
      wakeUp: wakeUp ? { promised: true } : SILENT,
    };
  }

  /**
   * Opens a connection of its own with ioredis, which `close()` ends. With a URL, `prefix`,
   * `timeout`, `replicas`, `replicaTimeout`, `wakeUp` and `timeInScripts` may stand in its query.
   *
   * - `redis://user:password@host:6379/0`, and `rediss://` for TLS
   * - `redis+sentinel://host:26379,host:26379/name/0`, and `rediss+sentinel://`
   * - `redis+cluster://host:7000,host:7001`, and `rediss+cluster://`
   *
   * Rejects with `IDEM_INVALID_OPTIONS` for a URL that says something else, with
   * `IDEM_STORE_UNAVAILABLE` when no server answers within the timeout, and at once with
   * `IDEM_STORE_FAILED` when one refuses the password or the certificate is not trusted.
   */
  static async connect(target: string | URL | ConnectOptions): Promise<RedisStore> {
    const { client, settings, close, timeLeft } = await openClient(target);
    const store = new RedisStore({ ...settings, client });
    store.#close = close;
    const durability = await durabilityOf(store.#driver, timeLeft);
    store.#supports = { ...store.#supports, durability };
    return store;
  }

  /** `durability` is what the server said when it was last asked: by `connect` or by `diagnose`. */
  get supports(): StoreSupport {
    return this.#supports;
  }

  /**
   * Asks the server, every master of a Cluster, for what may lose or forget records. An empty list
   * is a clean bill. Rejects like an operation when a server does not answer.
   */
  async diagnose(options: DiagnoseOptions = {}): Promise<readonly Finding[]> {
    const { findings, durability } = await this.#runner.run(() =>
      diagnose(this.#driver, this.#settings.replicas, options),
    );
    this.#supports = { ...this.#supports, durability };
    const tracking = this.#replays?.tracking;
    return tracking === undefined ? findings : [...findings, ...(await judgeTracking(tracking))];
  }

  protected doFind(key: string, signal: AbortSignal | undefined): Promise<Uint8Array | null> {
    const kept = this.#replays?.get(key);
    if (kept !== undefined) return Promise.resolve(new Uint8Array(kept.value));
    return this.#read(this.#scripts.find, key, [], signal, parseFound, (record) => record.value);
  }

  protected doExists(key: string, signal: AbortSignal | undefined): Promise<boolean> {
    if (this.#replays?.get(key) !== undefined) return Promise.resolve(true);
    return this.#run(this.#scripts.exists, key, [], signal, parseBoolean);
  }

  protected async doStore(
    key: string,
    value: Uint8Array,
    ttl: number,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const args = [bytes(value), String(ttl), storedEnd(value.byteLength)];
    await this.#run(this.#scripts.store, key, args, signal, parseBoolean);
  }

  protected async doRemove(key: string, signal: AbortSignal | undefined): Promise<void> {
    await this.#run(this.#scripts.remove, key, [], signal, parseBoolean);
  }

  protected doClaim(
    key: string,
    token: string,
    lease: number,
    fingerprint: string | null,
    signal: AbortSignal | undefined,
  ): Promise<ClaimResult> {
    const record = this.#replays?.get(key);
    if (record !== undefined) return Promise.resolve(completedFrom(record));
    const args = [claimRest(token, fingerprint), kept(lease)];
    return this.#read(this.#scripts.claim, key, args, signal, parseClaim, (own) => own, isAcquired);
  }

  protected doComplete(
    key: string,
    token: string,
    value: Uint8Array,
    ttl: number,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const end = completedEnd(value.byteLength);
    const args = [token, bytes(value), String(ttl), end];
    return this.#run(this.#scripts.complete, key, args, signal, parseBoolean, isTrue);
  }

  protected doRelease(
    key: string,
    token: string,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    return this.#run(this.#scripts.release, key, [token, this.#calls.next()], signal, parseBoolean);
  }

  protected doRenew(
    key: string,
    token: string,
    lease: number,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    return this.#run(this.#scripts.renew, key, [token, kept(lease)], signal, parseBoolean);
  }

  protected doInspect(key: string, signal: AbortSignal | undefined): Promise<Inspection> {
    return this.#run(this.#scripts.inspect, key, [], signal, parseInspection);
  }

  protected override doWatch(key: string, wake: () => void): Unwatch {
    const channel = this.#driver.serverKey(this.#settings.prefix + key);
    return this.#wakeUps?.watch(channel, wake) ?? (() => {});
  }

  protected doClose(): Promise<void> {
    this.#wakeUps?.close();
    this.#replays?.close();
    return this.#close();
  }

  /**
   * What tells the state of a key, and may be kept where it is completed.
   *
   * @param mustReplicate which results the replicas must have, when any are asked for
   */
  #read<T>(
    script: Script,
    key: string,
    args: readonly Argument[],
    signal: AbortSignal | undefined,
    parse: (answer: unknown, key: string) => T,
    of: (completed: Completed) => T,
    mustReplicate?: (result: T) => boolean,
  ): Promise<T> {
    const replays = this.#replays;
    if (replays === undefined) return this.#run(script, key, args, signal, parse, mustReplicate);
    const reading = replays.begin(key);
    const work = this.#runner.script({
      script,
      key: this.#settings.prefix + key,
      args,
      signal,
      reading,
      parse: (answer) => {
        if (!Array.isArray(answer)) {
          replays.drop(key);
          return parse(answer, key);
        }
        const { completed, ends } = parseKept(answer, key);
        replays.keep(key, reading, { ...completed, ends });
        return of(completed);
      },
      mustReplicate: this.#settings.replicas === undefined ? undefined : mustReplicate,
    });
    const end = (): void => replays.end(key, reading);
    work.then(end, end);
    return work;
  }

  /** Anything else: what was kept of the key does not count from when it begins, nor when it is answered. */
  #run<T>(
    script: Script,
    key: string,
    args: readonly Argument[],
    signal: AbortSignal | undefined,
    parse: (answer: unknown, key: string) => T,
    mustReplicate?: (result: T) => boolean,
  ): Promise<T> {
    const replays = this.#replays;
    replays?.drop(key);
    return this.#runner.script({
      script,
      key: this.#settings.prefix + key,
      args,
      signal,
      parse: (answer) => {
        replays?.drop(key);
        return parse(answer, key);
      },
      mustReplicate: this.#settings.replicas === undefined ? undefined : mustReplicate,
    });
  }
}

function completedFrom({ value, fingerprint }: CachedRecord): Completed {
  return { outcome: 'completed', value: new Uint8Array(value), fingerprint };
}

const SILENT: Support = {
  promised: false,
  reason: 'The store was opened without the option wakeUp: true.',
};

const isAcquired = (result: ClaimResult): boolean => result.outcome === 'acquired';
const isTrue = (result: boolean): boolean => result;

/** Up to this many bytes a value is worth a look. */
const SHORT = 16_384;

/**
 * The bytes, as text where that is the same: a command that is text from end to end is made and
 * written in half the time. What is sent as bytes is the same memory, without a copy.
 */
function bytes(value: Uint8Array): Argument {
  const buffer = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (buffer.length <= SHORT && isAscii(buffer)) return buffer.toString('latin1');
  return buffer;
}

/** How long the key of a claim is kept, in milliseconds. */
function kept(lease: number): string {
  return String(lease + CLAIM_KEPT);
}
