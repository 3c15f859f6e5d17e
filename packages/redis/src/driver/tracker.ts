/** What the server tells on a connection of its own: which keys change (client tracking). */
export interface TrackerEvents {
  /** Keys, as the server calls them, that are not what they were; null: none is. */
  changed(keys: readonly string[] | null): void;
  /** What was published on the channel. */
  heard(message: string): void;
  /** Once, when the connection is gone. */
  end(): void;
}

/** What is tracked, and until when. */
export interface Tracked {
  /** Of keys, as the server calls them. */
  readonly prefix: string;
  /** Listened to on the same connection. */
  readonly channel: string;
  /** Ends the connection, whatever it does. */
  readonly signal: AbortSignal;
}

/**
 * Where the server tells on a connection of RESP2, which sends messages in the midst of nothing else.
 * https://redis.io/docs/latest/develop/reference/client-side-caching/
 */
export const INVALIDATIONS = '__redis__:invalidate';

/**
 * The command for a connection that tells itself. BCAST: of all keys with the prefix, so that the
 * application's own connections stay as they are and the server remembers nothing of who read what.
 */
export function trackingCommand(
  id: unknown,
  prefix: string,
): readonly [string, ...(readonly string[])] {
  const own = ['TRACKING', 'ON', 'REDIRECT', String(id), 'BCAST'];
  return ['CLIENT', ...own, ...(prefix === '' ? [] : ['PREFIX', prefix])];
}

/** Hands on a message that came on the connection. */
export function dispatch(events: TrackerEvents, channel: string, message: unknown): void {
  if (channel !== INVALIDATIONS) {
    events.heard(String(message));
    return;
  }
  // What is no list of keys may have been about any of them.
  events.changed(Array.isArray(message) ? message.map(String) : null);
}
