import type { SqlParameter, SqlRow } from '@idem/core/sql';
import { type PgClient, type PgDone, takesSubmittables } from './pg-client.ts';
import { PgStatement, type Shape } from './pg-statement.ts';
import { types } from './pg-types.ts';
import { Prepared } from './prepared.ts';

type Done = (error: unknown, rows?: readonly SqlRow[]) => void;

/** Sends statements to clients of `pg`, by name where names work. */
export class PgStatements {
  readonly #prepared = new Prepared();
  readonly #shapes = new Map<string, Shape>();

  /** @param given true when it was given up: what has not been sent then is not */
  run(
    client: PgClient,
    text: string,
    values: SqlParameter[],
    given: () => boolean,
    done: Done,
  ): void {
    // Without parameters it is a script, which no statement can be prepared from.
    const name = values.length === 0 ? undefined : this.#prepared.nameOf(text);
    if (name === undefined) {
      client.query({ text, values, types }, rowsTo(done));
      return;
    }
    const told = (error: unknown, rows?: readonly SqlRow[]): void => {
      if (rows === undefined && this.#prepared.failed(error)) {
        client.query({ text, values, types }, rowsTo(done));
      } else {
        done(error, rows);
      }
    };
    if (takesSubmittables(client)) {
      client.query(new PgStatement(this.#shapeOf(text, name), values, given), rowsTo(told));
    } else {
      client.query({ name, text, values, types }, rowsTo(told));
    }
  }

  #shapeOf(text: string, name: string): Shape {
    let shape = this.#shapes.get(text);
    if (shape === undefined) {
      shape = { name, text, columns: undefined };
      this.#shapes.set(text, shape);
    }
    return shape;
  }
}

function rowsTo(done: Done): PgDone {
  return (error, result) => {
    if (error) done(error);
    else done(undefined, result?.rows ?? []);
  };
}
