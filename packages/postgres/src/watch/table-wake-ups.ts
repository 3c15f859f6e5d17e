import type { Unwatch } from '@idem/core';
import { type OpenSubscriber, refuse, WakeUps } from '@idem/core/adapter';
import type { SqlChannel } from '@idem/core/sql';
import type { Names } from '../schema/names.ts';
import { channelName } from './channel-name.ts';
import { Notifier } from './notifier.ts';

/** What the clients of one table tell each other of keys that ceased to be claimed. */
export class TableWakeUps {
  readonly #table: string;
  readonly #notifier: Notifier;
  readonly #wakeUps: WakeUps;

  constructor(channel: SqlChannel, { schema, table }: Names, listen: OpenSubscriber) {
    this.#table = `${schema}.${table}`;
    this.#notifier = new Notifier(channel);
    this.#wakeUps = new WakeUps(listen);
  }

  /** What the key is called in NOTIFY. */
  nameOf(key: string): string {
    return channelName(this.#table, key);
  }

  watch(key: string, wake: () => void): Unwatch {
    return this.#wakeUps.watch(this.nameOf(key), wake);
  }

  ended(key: string): void {
    this.#notifier.tell(this.nameOf(key));
  }

  /** Resolves when those have been told who were to be told. */
  async close(): Promise<void> {
    this.#wakeUps.close();
    await this.#notifier.idle();
  }
}

/** Refuses, with `IDEM_INVALID_OPTIONS`, what is not true or false, and true where nothing can listen. */
export function wakeUpsOf(
  wakeUp: boolean | undefined,
  { pool, listen }: { readonly pool: SqlChannel; readonly listen: OpenSubscriber | undefined },
  names: Names,
): TableWakeUps | undefined {
  if (wakeUp !== undefined && typeof wakeUp !== 'boolean') {
    refuse('IDEM_INVALID_OPTIONS', wakeUp, 'true or false', 'option wakeUp');
  }
  if (wakeUp !== true) return undefined;
  if (listen === undefined) {
    const what =
      'left out: only a Pool of pg and what postgres() of postgres.js gave can open a connection that listens';
    return refuse('IDEM_INVALID_OPTIONS', wakeUp, what, 'option wakeUp');
  }
  return new TableWakeUps(pool, names, listen);
}
