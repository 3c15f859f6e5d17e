import type { OpenSubscriber, Subscriber, SubscriberEvents } from '@idem/core/adapter';

/** What `sql.listen` of postgres.js answers. */
interface Listening {
  unlisten(): Promise<unknown>;
}

type Listen = (channel: string, onNotify: () => void, onListen: () => void) => Promise<Listening>;

/**
 * Listens through `sql.listen` of postgres.js: a connection of its own beside the pool, which connects
 * again by itself and ends with `sql.end()`. What happened while it was away was not heard, so whoever
 * watches is woken when it listens again.
 */
export function postgresJsListener(sql: object): OpenSubscriber | undefined {
  const listen: unknown = Reflect.get(sql, 'listen');
  if (!isListen(listen)) return undefined;
  return async (events: SubscriberEvents): Promise<Subscriber> => {
    const channels = new Map<string, Promise<Listening>>();
    const leave = (listening: Promise<Listening>): void => {
      listening.then((one) => one.unlisten()).catch(() => {});
    };
    return {
      subscribe: async (channel) => {
        let listens = false;
        const wake = (): void => {
          if (listens && channels.get(channel) === listening) events.message(channel);
          // That it listens for the first time is what this promise tells.
          listens = true;
        };
        const listening = listen(channel, wake, wake);
        channels.set(channel, listening);
        await listening;
      },
      unsubscribe: (channel) => {
        const listening = channels.get(channel);
        channels.delete(channel);
        if (listening !== undefined) leave(listening);
      },
      close: () => {
        const all = [...channels.values()];
        channels.clear();
        for (const listening of all) leave(listening);
      },
    };
  };
}

function isListen(listen: unknown): listen is Listen {
  return typeof listen === 'function';
}
