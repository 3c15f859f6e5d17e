import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Idempotency, type IdempotencyStore } from '@idem/core';
import { MemoryStore } from '@idem/memory';
import { closeServer, listen } from '../../bindings/listen.ts';
import { Client, type Received, type Sent } from '../../support/client.ts';

export interface Served {
  readonly port: number;
  readonly server: Server;
  readonly client: Client;
  /** A payment, always under the same key. */
  pay(sent?: Sent): Promise<Received>;
}

/** Serves with a listener for as long as a test needs it. */
export async function serving(
  handle: (req: IncomingMessage, res: ServerResponse) => void,
  use: (served: Served) => Promise<void>,
): Promise<void> {
  const server = createServer(handle);
  const port = await listen(server);
  const client = new Client(port);
  const pay = ({ headers, ...sent }: Sent = {}): Promise<Received> => {
    const own = { 'idempotency-key': 'order-1', 'content-type': 'application/json', ...headers };
    return client.send({ body: '{"amount":1}', ...sent, headers: own });
  };
  try {
    await use({ port, server, client, pay });
  } finally {
    client.close();
    await closeServer(server);
  }
}

export function executor(store: IdempotencyStore = new MemoryStore()): Idempotency {
  return new Idempotency({ store, ttl: 60_000 });
}

/** What became an uncaught exception or an unhandled rejection meanwhile: each ends a process. */
export async function uncaughtDuring(work: () => Promise<void>): Promise<readonly unknown[]> {
  const uncaught: unknown[] = [];
  const note = (error: unknown): void => void uncaught.push(error);
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const others = events.map((event) => [event, process.listeners(event as never)] as const);
  for (const event of events) process.removeAllListeners(event).on(event, note);
  try {
    await work();
    // Node tells of a rejection once all that was due has been done.
    for (let turns = 0; turns < 3; turns += 1) await once(immediate(), 'abort');
  } finally {
    for (const [event, listeners] of others) {
      process.removeListener(event, note);
      for (const listener of listeners) process.on(event, listener as never);
    }
  }
  return uncaught;
}

function immediate(): AbortSignal {
  const controller = new AbortController();
  setImmediate(() => controller.abort());
  return controller.signal;
}
