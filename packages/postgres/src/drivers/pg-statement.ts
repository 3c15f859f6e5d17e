import type { SqlParameter, SqlRow } from '@idem/core/sql';
import type { PgDone, PgMessage, PgSubmittable, PgWire } from './pg-client.ts';
import { type Bound, executionOf } from './pg-messages.ts';
import { types } from './pg-types.ts';

/** What is the same of a statement each time it is sent. */
export interface Shape {
  readonly text: string;
  /** As the server described them the first time, to whichever client. */
  columns: readonly Column[] | undefined;
}

interface Column {
  readonly name: string;
  readonly parse: (text: string) => unknown;
}

/**
 * A statement that takes part in a client's queue by itself, as `pg-cursor` does. It asks for the
 * columns of its result once, where `pg` asks, and looks up their readers, each time; and nothing of it
 * is copied. That is a third of what a statement costs the client.
 */
export class PgStatement implements PgSubmittable {
  readonly name: string | undefined;
  readonly text: string;
  readonly values: readonly SqlParameter[];
  /** Put here by the client, and wrapped there by what watches it. */
  callback: PgDone | undefined;
  readonly #shape: Shape;
  readonly #refusal: () => Error | undefined;
  readonly #rows: SqlRow[] = [];
  #failed: { readonly error: unknown } | undefined;

  /**
   * @param name without one it is parsed anew
   * @param refusal why it is not to be sent, asked when its turn has come
   */
  constructor(
    name: string | undefined,
    shape: Shape,
    values: readonly SqlParameter[],
    refusal: () => Error | undefined,
  ) {
    this.name = name;
    this.text = shape.text;
    this.values = values;
    this.#shape = shape;
    this.#refusal = refusal;
  }

  /** An error in answer tells the client that nothing was sent. */
  submit(wire: PgWire): Error | undefined {
    const refused = this.#refusal();
    if (refused !== undefined) return refused;
    const { name = '', text } = this;
    const values = this.values.map(asSent);
    const isPrepared = name !== '' && wire.parsedStatements[name] !== undefined;
    if (isPrepared && this.#shape.columns !== undefined && wire.stream.writable) {
      wire.stream.write(executionOf(name, values));
      return undefined;
    }
    wire.stream.cork();
    try {
      if (!isPrepared) wire.parse({ name, text });
      wire.bind({ statement: name, values });
      if (this.#shape.columns === undefined) wire.describe({ type: 'P', name: '' });
      wire.execute({});
      wire.sync();
    } finally {
      wire.stream.uncork();
    }
    return undefined;
  }

  handleRowDescription({ fields }: PgMessage): void {
    this.#shape.columns = fields.map(({ name, dataTypeID }) => ({
      name,
      parse: types.getTypeParser(dataTypeID),
    }));
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    try {
      this.#rows.push(rowOf(this.#shape.columns ?? [], fields));
    } catch (error) {
      this.#failed = { error };
    }
  }

  handleReadyForQuery(): void {
    if (this.#failed === undefined) this.callback?.(undefined, { rows: this.#rows });
    else this.callback?.(this.#failed.error);
  }

  handleError(error: unknown): void {
    this.callback?.(error);
  }

  handleCommandComplete(): void {}
  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}
  handleCopyData(): void {}
  handleCopyInResponse(): void {}
}

function rowOf(columns: readonly Column[], fields: readonly (string | null)[]): SqlRow {
  const row: Record<string, unknown> = {};
  for (let i = 0; i < columns.length; i += 1) {
    const [column, text] = [columns[i], fields[i]];
    if (column !== undefined) row[column.name] = text == null ? null : column.parse(text);
  }
  return row;
}

/** Bytes go as they are, everything else as text. */
function asSent(value: SqlParameter): Bound {
  return typeof value === 'number' ? String(value) : value;
}
