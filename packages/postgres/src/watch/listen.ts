import type { OpenSubscriber, Subscriber, SubscriberEvents } from '@idem/core/adapter';

/** A connection of its own, of whichever library, that has been opened. */
export interface ListeningConnection {
  /** One statement without parameters. */
  send(text: string): Promise<unknown>;
  /** Ends it; what is under way is rejected or not. */
  end(): unknown;
}

/** What a connection that listens tells. */
export interface ConnectionEvents {
  notification(channel: string): void;
  /** It is gone, however it went; may be told more than once. */
  end(): void;
}

/** Opens a connection outside any pool, and does not keep the process alive. */
export type OpenConnection = (events: ConnectionEvents) => Promise<ListeningConnection>;

/** Listens by LISTEN and UNLISTEN; channels are names that need no quoting. */
export function listenOn(open: OpenConnection): OpenSubscriber {
  return async (events: SubscriberEvents): Promise<Subscriber> => {
    let isOpen = true;
    const end = (): void => {
      if (!isOpen) return;
      isOpen = false;
      events.end();
    };
    const connection = await open({
      notification: (channel) => {
        if (isOpen) events.message(channel);
      },
      end,
    });
    return {
      subscribe: async (channel) => {
        await connection.send(`LISTEN ${channel}`);
      },
      unsubscribe: (channel) => {
        // A connection that fails at this is gone, which is told apart.
        connection.send(`UNLISTEN ${channel}`).catch(() => {});
      },
      close: () => {
        isOpen = false;
        connection.end();
      },
    };
  };
}
