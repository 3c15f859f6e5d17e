import { createHash } from 'node:crypto';
import { sqlStateOf } from '../faults/fault.ts';

/**
 * A statement of that name is not there, is there already, or is not as it was: behind a pooler in
 * transaction mode that does not follow prepared statements, or after a change of the table. None of
 * these has executed anything.
 */
const NOT_PREPARED: ReadonlySet<string> = new Set(['26000', '42P05', '0A000']);

/** Names for the statements of a pool, until it turns out that names do not work there. */
export class Prepared {
  readonly #names = new Map<string, string>();
  #works = true;

  /** The name follows from the text, so that no two versions mean other texts by one name. */
  nameOf(text: string): string | undefined {
    if (!this.#works) return undefined;
    let name = this.#names.get(text);
    if (name === undefined) {
      name = `idem_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;
      this.#names.set(text, name);
    }
    return name;
  }

  /** True when what was sent by name is to be sent again, without one; from now on all are. */
  failed(error: unknown): boolean {
    if (!NOT_PREPARED.has(sqlStateOf(error) ?? '')) return false;
    this.#works = false;
    return true;
  }
}
