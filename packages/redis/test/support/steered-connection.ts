import type { Connection, Driver } from '../../src/driver/driver.ts';
import type { Tracked, TrackerEvents } from '../../src/driver/tracker.ts';

/** A mark that was asked for. */
export interface Asked {
  readonly id: string;
  readonly channel: string;
  /** What the server answers to who asked. */
  answer(): void;
}

/** One that tells of changes, or will. */
export interface Told {
  readonly events: TrackerEvents;
  readonly tracked: Tracked;
  /** The server has begun. */
  begin(): void;
}

/** The order in which what a server says arrives on two connections, which no server can be made to choose. */
export class SteeredConnection implements Connection {
  readonly address = 'steered';
  readonly isReady = true;
  socket: unknown = 1;
  readonly asked: Asked[] = [];
  readonly told: Told[] = [];

  evaluate(...[, , , [channel, id]]: Parameters<Connection['evaluate']>): Promise<unknown> {
    return new Promise((resolve) => {
      const answer = (): void => resolve(Buffer.from('1'));
      this.asked.push({ id: String(id), channel: String(channel), answer });
    });
  }

  openTracker(tracked: Tracked, events: TrackerEvents): Promise<void> {
    return new Promise((resolve) => {
      this.told.push({ tracked, events, begin: resolve });
    });
  }

  call(): Promise<unknown> {
    return Promise.resolve('OK');
  }

  reconnect(): void {}

  openSubscriber(): never {
    throw new Error('nobody waits');
  }

  get driver(): Driver {
    return {
      isCluster: false,
      hasEnded: false,
      serverKey: (key) => key,
      use: (_key, work) => work(this),
      useAt: (_address, work) => work(this),
      relearn: () => {},
      masters: async () => [this],
      replicas: async () => [],
    };
  }
}

/** Lets promises settle. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
