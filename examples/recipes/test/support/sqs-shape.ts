import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';

interface Queued {
  readonly MessageId: string;
  readonly Body: string;
  /** Of the last delivery. */
  receipt: string;
  visibleAt: number;
  deliveries: number;
}

type Params = Readonly<Record<string, string | number | undefined>>;

/**
 * The shape of an SQS queue: what the real client needs of the real service's protocol (AWS JSON 1.0), with
 * its visibility timeout, receipt handles and redrive policy. It stands in because there is no such server to
 * test against; it is not the service.
 */
export class SqsShape implements AsyncDisposable {
  /** What the redrive policy has taken away. */
  readonly dead: string[] = [];
  readonly #queue: Queued[] = [];
  /** The redrive policy's. */
  maxReceiveCount = 100;
  readonly #visibility: number;
  readonly #http = createServer(async (request, response) => {
    const target = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    const answer = await this.#answer(target, (await json(request)) as Params);
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    response.end(JSON.stringify(answer));
  });

  private constructor(visibility: number) {
    this.#visibility = visibility;
  }

  /** @param visibility the queue's visibility timeout, in milliseconds */
  static async start(visibility: number): Promise<SqsShape> {
    const queue = new SqsShape(visibility);
    queue.#http.listen(0, '127.0.0.1');
    await once(queue.#http, 'listening');
    return queue;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}/000000000000/orders`;
  }

  /** How many messages nobody has deleted. */
  get length(): number {
    return this.#queue.length;
  }

  send(Body: string): void {
    const MessageId = randomUUID();
    this.#queue.push({ MessageId, Body, receipt: '', visibleAt: 0, deliveries: 0 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#http.closeAllConnections();
    this.#http.close();
  }

  async #answer(target: string, params: Params): Promise<object> {
    switch (target) {
      case 'ReceiveMessage':
        return this.#receive(Number(params['MaxNumberOfMessages'] ?? 1));
      case 'DeleteMessage':
        this.#with(params, (message) => this.#queue.splice(this.#queue.indexOf(message), 1));
        return {};
      case 'ChangeMessageVisibility': {
        const until = Date.now() + Number(params['VisibilityTimeout']) * 1000;
        this.#with(params, (message) => {
          message.visibleAt = until;
        });
        return {};
      }
      default:
        throw new Error(`${target} is not played here.`);
    }
  }

  async #receive(most: number): Promise<object> {
    const Messages: object[] = [];
    for (const message of [...this.#queue]) {
      if (Messages.length === most || message.visibleAt > Date.now()) continue;
      if (message.deliveries >= this.maxReceiveCount) {
        this.#queue.splice(this.#queue.indexOf(message), 1);
        this.dead.push(message.Body);
        continue;
      }
      message.deliveries += 1;
      message.visibleAt = Date.now() + this.#visibility;
      message.receipt = randomUUID();
      const { MessageId, Body, receipt } = message;
      const MD5OfBody = createHash('md5').update(Body).digest('hex');
      Messages.push({ MessageId, Body, ReceiptHandle: receipt, MD5OfBody });
    }
    // The service would hold a long poll; this keeps a consumer from spinning.
    if (Messages.length === 0) await pause(50);
    return { Messages };
  }

  /** A receipt handle of an earlier delivery acts on nothing. */
  #with({ ReceiptHandle }: Params, act: (message: Queued) => unknown): void {
    const message = this.#queue.find(({ receipt }) => receipt === ReceiptHandle);
    if (message !== undefined) act(message);
  }
}
