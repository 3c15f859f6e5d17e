/**
 * A process of callers, each with a connection of its own that it keeps, and one request at a time on it. They
 * speak just enough HTTP to keep a server busy: a client library would cost more than what is measured.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** What the callers are asked to do together. */
export interface Batch {
  readonly path: string;
  readonly body: string;
  /** The key of each request; numbered from `from` on where `isNew`. */
  readonly key: string;
  readonly isNew: boolean;
  readonly from: number;
  readonly requests: number;
  readonly callers: number;
}

export interface Done {
  /** Milliseconds: the median of the requests, and what 99 of 100 kept within. */
  readonly median: number;
  readonly p99: number;
  /** The share of the time for which this process had work: near 1, it would be what is measured. */
  readonly busy: number;
}

const END = Buffer.from('\r\n\r\n');

class Caller {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #answered: (status: string) => void = () => {};

  private constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1').setNoDelay(true);
    this.#socket.on('data', (data) => this.#take(data));
  }

  static async to(port: number): Promise<Caller> {
    const caller = new Caller(port);
    await once(caller.#socket, 'connect');
    return caller;
  }

  /** Resolves with the status line. */
  ask(request: string): Promise<string> {
    return new Promise((resolve) => {
      this.#answered = resolve;
      this.#socket.write(request);
    });
  }

  #take(data: Buffer): void {
    this.#received = this.#received.length === 0 ? data : Buffer.concat([this.#received, data]);
    const end = this.#received.indexOf(END);
    if (end < 0) return;
    const head = this.#received.toString('latin1', 0, end);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1]);
    if (Number.isNaN(length)) throw new Error(`an answer without its length: ${head}`);
    const whole = end + END.length + length;
    if (this.#received.length < whole) return;
    this.#received = this.#received.subarray(whole);
    this.#answered(head.slice(0, head.indexOf('\r\n')));
  }
}

const port = Number(process.argv[2]);
const idle: Caller[] = [];

process.on('message', async (batch: Batch) => {
  const { path, body, key, isNew, from, requests, callers } = batch;
  while (idle.length < callers) idle.push(await Caller.to(port));
  const head =
    `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n` +
    `content-length: ${Buffer.byteLength(body)}\r\nidempotency-key: "`;
  const times: number[] = [];
  let next = from;
  const work = async (caller: Caller): Promise<void> => {
    while (next < from + requests) {
      const number = next++;
      const request = `${head}${isNew ? key + number : key}"\r\n\r\n${body}`;
      const sent = performance.now();
      const status = await caller.ask(request);
      times.push(performance.now() - sent);
      if (!status.startsWith('HTTP/1.1 201')) throw new Error(`${path} answers ${status}`);
    }
  };
  const before = process.cpuUsage();
  const started = performance.now();
  await Promise.all(idle.slice(0, callers).map(work));
  const { user, system } = process.cpuUsage(before);
  const busy = (user + system) / 1_000 / (performance.now() - started);
  times.sort((one, other) => one - other);
  const at = (share: number): number => times[Math.floor((times.length - 1) * share)] ?? Number.NaN;
  const done: Done = { median: at(0.5), p99: at(0.99), busy };
  process.send?.(done);
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
