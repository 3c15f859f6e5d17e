import type { ConnectionEvents, ListeningConnection, OpenConnection } from './listen.ts';

/** A client of `pg` that has not been connected, as far as it is needed. */
export interface UnconnectedPgClient {
  connect(): Promise<unknown>;
  query(text: string): Promise<unknown>;
  end(): Promise<void>;
  on(event: 'notification', listener: (message: { readonly channel: string }) => void): unknown;
  on(event: 'error' | 'end', listener: (error?: unknown) => void): unknown;
  unref?(): void;
}

/** Milliseconds to wait for a connection. */
const PATIENCE = 10_000;

/** @param make a client of its own, with the address and the credentials of the pool */
export function pgConnection(make: () => UnconnectedPgClient): OpenConnection {
  return async (events: ConnectionEvents): Promise<ListeningConnection> => {
    const client = make();
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
    return { send: (text) => client.query(text), end: close };
  };
}
