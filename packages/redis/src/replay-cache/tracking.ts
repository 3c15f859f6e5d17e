import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, type Driver, NotConnected } from '../driver/driver.ts';
import type { TrackerEvents } from '../driver/tracker.ts';
import { isRefusal, isUnknownScript, toIdempotencyError } from '../faults.ts';
import type { Script } from '../scripts/script.ts';
import { begunNow, Freshness } from './freshness.ts';
import type { Admission } from './reading.ts';
import { Reopening } from './reopening.ts';

/** What it tells of. */
export interface TrackingEvents {
  /** Keys, without the prefix, that are not what they were. */
  changed(keys: readonly string[]): void;
  /** Nothing that was known before counts any more. */
  lost(): void;
}

/** A proof that was asked for on a connection, and has not been heard. */
interface Probe extends ReturnType<typeof begunNow> {
  readonly connection: Connection;
  readonly socket: unknown;
  /** When the server had published it, by `performance.now()`; infinite where that is not known. */
  answered: number;
}

export interface TrackingOptions {
  readonly driver: Driver;
  /** As the client sees it. */
  readonly prefix: string;
  readonly probe: Script;
  readonly maxStaleness: number;
}

const UNHEARD = new Error('what is published is not heard on the connection that tells of changes');

/** Milliseconds after which a connection that tells nothing is given up, at the least. */
const PATIENCE = 1_000;

/**
 * A connection of its own on which the server tells of changes, and the proof that it does: what the
 * application's own connection publishes must be heard there. So it is the same server, or a replica
 * of it, and all that had changed before was told. Without demand nothing is sent.
 */
export class Tracking implements Admission {
  readonly #options: TrackingOptions;
  readonly #events: TrackingEvents;
  readonly #freshness: Freshness;
  readonly #reopening = new Reopening();
  readonly #channel: string;
  readonly #serverPrefix: string;
  readonly #probes = new Map<string, Probe>();
  /** The connections whose server it is, by the sockets that they had. */
  #proven = new WeakMap<Connection, unknown>();
  #tracker: AbortController | undefined;
  #isListening = false;
  #isAsking = false;
  #lastProbe = 0;
  #isClosed = false;
  epoch = 0;

  constructor(options: TrackingOptions, events: TrackingEvents) {
    this.#options = options;
    this.#events = events;
    this.#freshness = new Freshness(options.maxStaleness);
    this.#serverPrefix = options.driver.serverKey(options.prefix);
    this.#channel = `${this.#serverPrefix}replay-cache ${randomBytes(12).toString('base64url')}`;
  }

  /** The latest that it can be at the server (ms since the epoch); undefined when what is known may be too old. */
  serverTime(): number | undefined {
    const now = performance.now();
    const age = this.#freshness.age(now);
    const { maxStaleness } = this.#options;
    // Asked for early enough to be there before it is needed.
    if (2 * age > maxStaleness) this.#refresh(now);
    return age <= maxStaleness ? this.#freshness.serverTime(now) : undefined;
  }

  /** True when a change of what is read on the connection from now on will be heard. */
  admits(connection: Connection): boolean {
    if (!this.#isListening) {
      this.#open(connection);
      return false;
    }
    if (this.#proven.get(connection) === connection.socket) return true;
    this.#giveUpUnheard(performance.now());
    if (!this.#reopening.isDue()) return false;
    for (const probe of this.#probes.values()) {
      if (probe.connection === connection && probe.socket === connection.socket) return false;
    }
    void this.#probe(connection);
    return false;
  }

  /** Resolves with why nothing is told of changes, or with undefined when a proof is there. Rejects where nobody could be asked. */
  async check(): Promise<{ readonly fault: unknown; readonly server: string } | undefined> {
    const deadline = performance.now() + 2 * PATIENCE;
    let server = '';
    let unasked: unknown;
    const ask = async (connection: Connection): Promise<void> => {
      unasked = undefined;
      server = connection.address;
      this.admits(connection);
    };
    this.#reopening.hurry();
    do {
      if (this.serverTime() !== undefined) return undefined;
      const asked = this.#lend(ask).catch((fault: unknown) => {
        unasked = fault;
      });
      await Promise.race([asked, sleep(PATIENCE, undefined, { ref: false })]);
      await sleep(10);
    } while (performance.now() < deadline && !isRefusal(this.#reopening.fault));
    if (unasked !== undefined) throw toIdempotencyError(unasked, this.#options.driver.hasEnded);
    return { fault: this.#reopening.fault ?? UNHEARD, server };
  }

  close(): void {
    this.#isClosed = true;
    this.#end(this.#tracker, undefined);
  }

  #refresh(now: number): void {
    this.#giveUpUnheard(now);
    if (this.#isAsking || !this.#isListening || !this.#reopening.isDue()) return;
    if (now - this.#lastProbe < this.#options.maxStaleness / 4) return;
    this.#isAsking = true;
    const done = (): void => {
      this.#isAsking = false;
    };
    this.#lend((connection) => this.#probe(connection)).then(done, done);
  }

  /** What was published and is not heard: the connection is half open, or leads to another server by now. */
  #giveUpUnheard(now: number): void {
    const patience = Math.max(PATIENCE, 2 * this.#options.maxStaleness);
    for (const { answered } of this.#probes.values()) {
      if (now - answered <= patience) continue;
      this.#end(this.#tracker, UNHEARD);
      return;
    }
  }

  async #lend<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    return this.#options.driver.use(this.#options.prefix, work);
  }

  /** Settles when the server has answered; whether it was heard is told apart. */
  async #probe(connection: Connection): Promise<void> {
    const id = randomBytes(9).toString('base64url');
    const begun = begunNow();
    this.#lastProbe = begun.at;
    const { socket } = connection;
    const asked: Probe = { ...begun, connection, socket, answered: Number.POSITIVE_INFINITY };
    this.#probes.set(id, asked);
    const { probe, prefix } = this.#options;
    const send = (how: 'EVALSHA' | 'EVAL'): Promise<unknown> => {
      const name = how === 'EVAL' ? probe.source : probe.sha;
      const wanted = { withdraw: undefined };
      return connection.evaluate(
        how,
        name,
        `${prefix}replay-cache ${id}`,
        [this.#channel, id],
        wanted,
      );
    };
    try {
      await send('EVALSHA').catch((fault: unknown) => {
        if (!isUnknownScript(fault)) throw fault;
        return send('EVAL');
      });
      asked.answered = performance.now();
    } catch (fault) {
      this.#probes.delete(id);
      this.#reopening.failed(fault);
    }
  }

  #heard(message: string): void {
    const [id = '', micros] = message.split(' ');
    const probe = this.#probes.get(id);
    if (probe === undefined) return;
    this.#probes.delete(id);
    this.#reopening.succeeded();
    this.#freshness.prove({ ...probe, ahead: Number(micros) / 1_000 - probe.at });
    if (probe.connection.socket === probe.socket) {
      this.#proven.set(probe.connection, probe.socket);
    }
  }

  #open(connection: Connection): void {
    if (this.#tracker !== undefined || this.#isClosed || !this.#reopening.isDue()) return;
    const tracker = new AbortController();
    this.#tracker = tracker;
    // One that answers nothing holds up nobody, and is not waited for.
    const late = setTimeout(() => this.#end(tracker, UNHEARD), 10 * PATIENCE).unref();
    const { signal } = tracker;
    const tracked = { prefix: this.#serverPrefix, channel: this.#channel, signal };
    connection.openTracker(tracked, this.#trackerEvents(tracker)).then(
      () => {
        clearTimeout(late);
        if (this.#tracker !== tracker) return;
        this.#isListening = true;
        this.#refresh(performance.now());
      },
      (fault: unknown) => {
        clearTimeout(late);
        this.#end(tracker, fault);
      },
    );
  }

  #trackerEvents(tracker: AbortController): TrackerEvents {
    const { length } = this.#serverPrefix;
    return {
      changed: (keys) => {
        if (this.#tracker !== tracker) return;
        if (keys === null) this.#forget();
        else this.#events.changed(keys.map((key) => key.slice(length)));
      },
      heard: (message) => {
        if (this.#tracker === tracker) this.#heard(message);
      },
      end: () => this.#end(tracker, new NotConnected()),
    };
  }

  #end(tracker: AbortController | undefined, fault: unknown): void {
    if (tracker === undefined || this.#tracker !== tracker) return;
    this.#reopening.failed(fault);
    this.#tracker = undefined;
    this.#isListening = false;
    this.#proven = new WeakMap();
    this.#probes.clear();
    this.#freshness.forget();
    tracker.abort();
    this.#forget();
  }

  #forget(): void {
    this.epoch += 1;
    this.#events.lost();
  }
}
