import type { ClaimResult, Inspection, StoreSupport } from '@idem/core';
import { AbstractStore } from '@idem/core/adapter';
import { Acknowledgement } from './acknowledgement.ts';
import { CallNames } from './call-names.ts';
import { type Argument, type ScriptClient, toScriptClient } from './client.ts';
import { type ConnectOptions, openClient } from './connect.ts';
import { type DiagnoseOptions, diagnose } from './diagnose/diagnose.ts';
import { durabilityOf, UNASKED } from './diagnose/durability.ts';
import type { Finding } from './diagnose/finding.ts';
import { type CheckedSettings, checkSettings, type RedisStoreOptions } from './options.ts';
import { parseBoolean, parseClaim, parseFound, parseInspection } from './replies.ts';
import { Runner } from './runner.ts';
import { EXISTS, FIND, INSPECT, REMOVE, STORE } from './scripts/bytes.ts';
import { CLAIM } from './scripts/claim.ts';
import { COMPLETE, COMPLETE_FOR_WAIT } from './scripts/complete.ts';
import { RELEASE, RENEW } from './scripts/hold.ts';
import { CLAIM_KEPT, claimRest, RECORD_KEPT } from './scripts/record.ts';
import type { Script } from './scripts/script.ts';

/**
 * An idempotency-key store on Redis or Valkey, 6.2 and up: one server, Sentinel or Cluster.
 *
 * One key per record, one round trip per operation (two with `replicas`). What a record survives
 * depends on how the server is set up: `diagnose()` says.
 */
export class RedisStore extends AbstractStore {
  readonly #client: ScriptClient;
  readonly #settings: CheckedSettings;
  readonly #runner: Runner;
  readonly #acknowledgement: Acknowledgement | undefined;
  readonly #calls = new CallNames();
  #close: () => Promise<void> = async () => {};
  #supports: StoreSupport = {
    durability: UNASKED,
    sharing: { promised: true },
    wakeUp: { promised: false, reason: 'The store was opened without the option wakeUp.' },
  };

  /** Throws `IDEM_INVALID_OPTIONS` for bad options. Nothing is sent. */
  constructor(options: RedisStoreOptions) {
    super();
    this.#client = toScriptClient(options?.client);
    this.#settings = checkSettings(options);
    this.#runner = new Runner(this.#client, this.#settings.timeout);
    const { replicas } = this.#settings;
    this.#acknowledgement =
      replicas === undefined ? undefined : new Acknowledgement(this.#client, replicas);
  }

  /**
   * Opens a connection of its own, which `close()` ends. With a URL, `prefix`, `timeout`,
   * `replicas` and `replicaTimeout` may stand in its query.
   *
   * - `redis://user:password@host:6379/0`, and `rediss://` for TLS
   * - `redis+sentinel://host:26379,host:26379/name/0`, and `rediss+sentinel://`
   * - `redis+cluster://host:7000,host:7001`, and `rediss+cluster://`
   *
   * Rejects with `IDEM_INVALID_OPTIONS` for a URL that says something else, and with
   * `IDEM_STORE_UNAVAILABLE` when no server answers within the timeout.
   */
  static async connect(target: string | URL | ConnectOptions): Promise<RedisStore> {
    const { client, settings, close } = await openClient(target);
    const store = new RedisStore({ ...settings, client });
    store.#close = close;
    store.#supports = { ...store.#supports, durability: await durabilityOf(client) };
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
      diagnose(this.#client, this.#settings.replicas, options),
    );
    this.#supports = { ...this.#supports, durability };
    return findings;
  }

  protected doFind(key: string, signal: AbortSignal | undefined): Promise<Uint8Array | null> {
    return this.#run(FIND, key, [], signal, parseFound);
  }

  protected doExists(key: string, signal: AbortSignal | undefined): Promise<boolean> {
    return this.#run(EXISTS, key, [], signal, parseBoolean);
  }

  protected async doStore(
    key: string,
    value: Uint8Array,
    ttl: number,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    await this.#run(STORE, key, [bytes(value), kept(ttl, RECORD_KEPT)], signal, parseBoolean);
  }

  protected async doRemove(key: string, signal: AbortSignal | undefined): Promise<void> {
    await this.#run(REMOVE, key, [], signal, parseBoolean);
  }

  protected doClaim(
    key: string,
    token: string,
    lease: number,
    fingerprint: string | null,
    signal: AbortSignal | undefined,
  ): Promise<ClaimResult> {
    const args = [token, kept(lease, CLAIM_KEPT), claimRest(token, fingerprint)];
    return this.#run(CLAIM, key, args, signal, parseClaim, isAcquired);
  }

  protected doComplete(
    key: string,
    token: string,
    value: Uint8Array,
    ttl: number,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const script = this.#acknowledgement === undefined ? COMPLETE : COMPLETE_FOR_WAIT;
    const args = [token, bytes(value), kept(ttl, RECORD_KEPT)];
    return this.#run(script, key, args, signal, parseBoolean, isTrue);
  }

  protected doRelease(
    key: string,
    token: string,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    return this.#run(RELEASE, key, [token, this.#calls.next()], signal, parseBoolean);
  }

  protected doRenew(
    key: string,
    token: string,
    lease: number,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    return this.#run(RENEW, key, [token, kept(lease, CLAIM_KEPT)], signal, parseBoolean);
  }

  protected doInspect(key: string, signal: AbortSignal | undefined): Promise<Inspection> {
    return this.#run(INSPECT, key, [], signal, parseInspection);
  }

  protected doClose(): Promise<void> {
    return this.#close();
  }

  /** @param mustReplicate which results the replicas must have, when any are asked for */
  #run<T>(
    script: Script,
    key: string,
    args: readonly Argument[],
    signal: AbortSignal | undefined,
    parse: (answer: unknown, key: string) => T,
    mustReplicate?: (result: T) => boolean,
  ): Promise<T> {
    const fullKey = this.#settings.prefix + key;
    const acknowledgement = mustReplicate === undefined ? undefined : this.#acknowledgement;
    return this.#runner.script({
      script,
      key: fullKey,
      args,
      signal,
      parse: (answer) => {
        const result = parse(answer, key);
        if (acknowledgement === undefined || mustReplicate?.(result) !== true) return result;
        return acknowledgement.confirm(fullKey).then(() => result);
      },
    });
  }
}

const isAcquired = (result: ClaimResult): boolean => result.outcome === 'acquired';
const isTrue = (result: boolean): boolean => result;

/** The same memory, as ioredis sends it without a copy. */
function bytes(value: Uint8Array): Buffer {
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

function kept(duration: number, longer: number): string {
  return String(duration + longer);
}
