import { IdempotencyError } from '@idem/core';
import { type Subscriber, type SubscriberEvents, show } from '@idem/core/adapter';
import { type Argument, type Connection, type Evaluation, NotConnected } from './driver.ts';
import { type IoredisNode, withoutAutoPipelining } from './ioredis-parts.ts';
import { ignore } from './parts.ts';
import {
  dispatch,
  INVALIDATIONS,
  type Tracked,
  type TrackerEvents,
  trackingCommand,
} from './tracker.ts';
import { WriteGroup } from './write-group.ts';

/** A listener that is made anew as a whole by who needs it, and sends nothing late. */
const SUBSCRIBER = {
  keyPrefix: '',
  lazyConnect: true,
  enableOfflineQueue: false,
  enableReadyCheck: false,
  enableAutoPipelining: false,
  maxRetriesPerRequest: 0,
  autoResubscribe: false,
  autoResendUnfulfilledCommands: false,
  retryStrategy: null,
  reconnectOnError: null,
};

/** A MULTI of the application puts it off, perhaps for ever. */
function unconfirmed(answer: unknown): IdempotencyError {
  return new IdempotencyError(
    'IDEM_STORE_FAILED',
    `SELECT was answered ${show(answer)}, so nobody knows in which database the connection is: where a MULTI is open on it, give the store a client of its own.`,
  );
}

/** The database that a connection is in, as its server confirmed. */
interface Selected {
  readonly socket: unknown;
  readonly database: number;
}

/** A `Redis` of ioredis: a client of its own, or a node of a `Cluster`. */
export class IoredisConnection implements Connection {
  readonly #redis: IoredisNode;
  readonly #sender: IoredisNode;
  readonly #prefix: string;
  readonly #group = new WriteGroup();
  #selected: Selected = { socket: undefined, database: 0 };
  #selecting: Promise<void> | undefined;

  /** @param prefix stands before every key, where the `Redis` itself puts none there */
  constructor(redis: IoredisNode, prefix = '') {
    this.#redis = redis;
    this.#sender = withoutAutoPipelining(redis);
    this.#prefix = prefix;
  }

  get address(): string {
    const { path, host, port } = this.#redis.options;
    return path ?? `${host}:${port}`;
  }

  get isReady(): boolean {
    return this.#redis.status === 'ready';
  }

  get socket(): unknown {
    return this.#redis.stream;
  }

  evaluate(
    how: Evaluation,
    script: string,
    key: string,
    args: readonly Argument[],
  ): Promise<unknown> {
    const whole = this.#prefix + key;
    // What comes alone leaves at once.
    if (this.#redis.commandQueue?.length !== 0) this.#group.add(this.#redis.stream);
    const answer =
      how === 'EVAL'
        ? this.#sender.evalBuffer(script, 1, whole, ...args)
        : this.#sender.evalshaBuffer(script, 1, whole, ...args);
    return this.#database === 0 ? answer : this.#ofThisSocket(answer);
  }

  /**
   * What was under way when the connection dropped, ioredis sends again on the next one: in database 0,
   * where that server refuses the one that was asked for. So it is asked again, when that is known.
   */
  #ofThisSocket(answer: Promise<unknown>): Promise<unknown> {
    const { socket } = this;
    return answer.then((said) => {
      if (this.socket !== socket) throw new NotConnected();
      return said;
    });
  }

  call(command: string, ...args: readonly string[]): Promise<unknown> {
    return this.#sender.call(command, ...args);
  }

  reconnect(): void {
    this.#redis.disconnect(true);
  }

  /** The database that it is meant to be in: ioredis notes it when it sends a SELECT. */
  get #database(): number {
    return this.#redis.condition?.select ?? 0;
  }

  /** Every connection begins in database 0. */
  get isInDatabase(): boolean {
    const { socket, database } = this.#selected;
    return this.#database === (socket === this.socket ? database : 0);
  }

  /**
   * Selects the database once more, for the server's word: where a server refuses it, as another one
   * may after a reconnection, ioredis says so in an error event and goes on in database 0. Rejects
   * with what the server says.
   */
  selectDatabase(): Promise<void> {
    this.#selecting ??= this.#select().finally(() => {
      this.#selecting = undefined;
    });
    return this.#selecting;
  }

  async #select(): Promise<void> {
    const selected = { socket: this.socket, database: this.#database };
    const answer = await this.call('SELECT', `${selected.database}`);
    if (answer !== 'OK') throw unconfirmed(answer);
    this.#selected = selected;
  }

  /** Resolves when it is ready, for one that has yet to be connected or just is being. */
  async opened(): Promise<void> {
    if (this.isReady) return;
    if (this.#redis.status !== 'wait') throw new NotConnected();
    await this.#redis.connect().catch((error: unknown) => {
      throw new NotConnected(error);
    });
  }

  async openSubscriber({ message, end }: SubscriberEvents): Promise<Subscriber> {
    const own = this.#redis.duplicate(SUBSCRIBER);
    own.on('error', ignore);
    own.on('connect', () => own.stream?.unref());
    own.on('message', (channel) => message(String(channel)));
    await own.connect();
    own.once('end', end);
    return {
      subscribe: async (channel) => {
        await own.subscribe(channel);
      },
      unsubscribe: (channel) => {
        own.unsubscribe(channel).catch(ignore);
      },
      close: () => own.disconnect(),
    };
  }

  async openTracker({ prefix, channel, signal }: Tracked, events: TrackerEvents): Promise<void> {
    const own = this.#redis.duplicate({ ...SUBSCRIBER, protocol: 2, replyMapping: 'legacy' });
    own.on('error', ignore);
    own.on('connect', () => own.stream?.unref());
    own.on('messageBuffer', (name, message) => dispatch(events, String(name), message));
    own.once('end', () => events.end());
    signal.addEventListener('abort', () => own.disconnect(), { once: true });
    try {
      await own.connect();
      await own.call(...trackingCommand(await own.call('CLIENT', 'ID'), prefix));
      await own.subscribe(INVALIDATIONS);
      await own.subscribe(channel);
    } catch (error) {
      own.disconnect();
      throw error;
    }
  }
}
