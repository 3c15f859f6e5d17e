import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

export interface Logged {
  readonly value: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a consumer or producer asks of the broker. */
export type Ask =
  | { readonly ask: 'fetch' | 'heartbeat'; readonly member: string; readonly partition: number }
  | {
      readonly ask: 'commit';
      readonly member: string;
      readonly partition: number;
      readonly offset: number;
    }
  | { readonly ask: 'send'; readonly topic: string; readonly messages: readonly Logged[] };

/** Milliseconds without a heartbeat after which a partition goes to another member of the group. */
const SESSION = 1000;

/**
 * The shape of a Kafka broker with one topic and one group: a log for each partition, committed offsets, and
 * members that lose their partitions when they are not heard of. It stands in because there is no broker to
 * test against; it is neither the service nor its protocol.
 */
export class KafkaBroker implements AsyncDisposable {
  /** What consumers sent to the topic for what cannot be handled. */
  readonly dead: Logged[] = [];
  readonly #partitions: readonly {
    readonly log: Logged[];
    committed: number;
    owner: string;
    heard: number;
  }[] = [0, 1].map(() => ({ log: [], committed: 0, owner: '', heard: 0 }));
  readonly #http = createServer(async (request, response) => {
    response.end(JSON.stringify(this.#answer((await json(request)) as Ask)));
  });

  static async start(): Promise<KafkaBroker> {
    const broker = new KafkaBroker();
    broker.#http.listen(0, '127.0.0.1');
    await once(broker.#http, 'listening');
    return broker;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  /** How many messages are not behind the committed offsets. */
  get lag(): number {
    return this.#partitions.reduce((sum, { log, committed }) => sum + log.length - committed, 0);
  }

  append(partition: 0 | 1, value: string): void {
    this.#partitions[partition]?.log.push({ value });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#http.closeAllConnections();
    this.#http.close();
  }

  #answer(asked: Ask): unknown {
    if (asked.ask === 'send') {
      this.dead.push(...asked.messages);
      return null;
    }
    const partition = this.#partitions[asked.partition];
    if (partition === undefined) return null;
    const { member } = asked;
    if (partition.owner !== member && partition.heard + SESSION > Date.now()) return null;
    partition.owner = member;
    partition.heard = Date.now();
    if (asked.ask === 'commit') partition.committed = asked.offset;
    const offset = partition.committed;
    const message = partition.log[offset];
    return asked.ask !== 'fetch' || message === undefined ? null : { offset, ...message };
  }
}
