import type { SqlChannel } from '@idem/core/sql';

/** Milliseconds: a wake-up that comes later is of no use. */
const DEADLINE = 5_000;

/** Sends NOTIFY to each of the names in its one parameter, which have commas between them. */
export function notifySql(placeholder: string): string {
  return `SELECT count(pg_notify(name, '')) AS told FROM unnest(string_to_array(${placeholder}, ',')) AS name`;
}

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
  readonly #text: string;
  #waiting = new Set<string>();
  #sending: Promise<void> | undefined;

  constructor(channel: SqlChannel) {
    this.#channel = channel;
    this.#text = notifySql(channel.placeholder(1));
  }

  tell(name: string): void {
    this.#waiting.add(name);
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
