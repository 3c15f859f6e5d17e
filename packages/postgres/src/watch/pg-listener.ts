import type { OpenSubscriber } from '@idem/core/adapter';
import { type ConnectionEvents, type ListeningConnection, listenOn } from './listen.ts';

/** A client of `pg` that is not connected yet, as far as it is needed. */
interface UnconnectedClient {
  connect(): Promise<unknown>;
  query(text: string): Promise<unknown>;
  end(): Promise<void>;
  on(event: 'notification', listener: (message: { readonly channel: string }) => void): unknown;
  on(event: 'error' | 'end', listener: (error?: unknown) => void): unknown;
  unref?(): void;
}

/** Milliseconds to wait for a connection. */
const PATIENCE = 10_000;

/**
 * Listens on a connection beside the pool of `pg`, with its address and its credentials; undefined
 * where the pool does not tell them.
 */
export function pgListener(pool: object): OpenSubscriber | undefined {
  const Client: unknown = Reflect.get(pool, 'Client');
  const options: unknown = Reflect.get(pool, 'options');
  if (typeof Client !== 'function' || typeof options !== 'object' || options === null) {
    return undefined;
  }
  return listenOn(async (events) => {
    // The pool hides the password from whoever enumerates its options, as a spread does.
    const password: unknown = Reflect.get(options, 'password');
    const config = { ...options, ...(password === undefined ? {} : { password }), keepAlive: true };
    const client: unknown = Reflect.construct(Client, [config]);
    if (!isClient(client)) throw new TypeError('The Client of the pool is none of pg');
    return connect(client, events);
  });
}

function isClient(client: unknown): client is UnconnectedClient {
  if (typeof client !== 'object' || client === null) return false;
  return ['connect', 'query', 'end', 'on'].every((name) => name in client);
}

async function connect(
  client: UnconnectedClient,
  events: ConnectionEvents,
): Promise<ListeningConnection> {
  const close = (): void => {
    client.end().catch(() => {});
  };
  // Without a listener an error of the connection would end the process.
  client.on('error', events.end);
  client.on('end', events.end);
  client.on('notification', ({ channel }) => events.notification(channel));
  const late = setTimeout(close, PATIENCE).unref();
  try {
    await client.connect();
  } catch (error) {
    close();
    throw error;
  } finally {
    clearTimeout(late);
  }
  client.unref?.();
  let last: Promise<unknown> = Promise.resolve();
  return {
    // A client of pg takes one statement after the other.
    send: (text) => {
      const sent = last.then(() => client.query(text));
      last = sent.catch(() => {});
      return sent;
    },
    end: close,
  };
}
