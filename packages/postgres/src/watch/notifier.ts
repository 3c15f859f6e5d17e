import type { SqlChannel } from '@idem/core/sql';
import { channelName } from './channel-name.ts';

/** Milliseconds: a wake-up that comes later is of no use. */
const DEADLINE = 5_000;

/**
 * Tells other processes of keys that ceased to be claimed, after that was acknowledged.
 *
 * Not in the same transaction: one that notifies holds a lock of the whole server until its commit
 * is on disk, so that no two of them could share a write to the disk. A transaction that only
 * notifies writes nothing and holds it for microseconds. One is under way at a time, and takes with
 * it all that came meanwhile. One that fails is not repeated: who waits will ask.
 */
export class Notifier {
  readonly #channel: SqlChannel;
  readonly #table: string;
  readonly #text: string;
  #waiting = new Set<string>();
  #sending: Promise<void> | undefined;

  /** @param table with its schema, as every client of the table names it */
  constructor(channel: SqlChannel, table: string) {
    this.#channel = channel;
    this.#table = table;
    this.#text = `SELECT count(pg_notify(name, '')) AS told FROM unnest(string_to_array(${channel.placeholder(1)}, ',')) AS name`;
  }

  ended(key: string): void {
    this.#waiting.add(channelName(this.#table, key));
    this.#sending ??= this.#send();
  }

  /** Resolves when all have been told, or cannot be. */
  async idle(): Promise<void> {
    await this.#sending;
  }

  async #send(): Promise<void> {
    while (this.#waiting.size > 0) {
      const names = [...this.#waiting].join(',');
      this.#waiting = new Set();
      const limits = { deadline: DEADLINE, signal: undefined, urgent: false };
      try {
        await this.#channel.send({ text: this.#text, parameters: [names], ...limits });
      } catch {
        // Nobody was waiting for it here.
      }
    }
    this.#sending = undefined;
  }
}
