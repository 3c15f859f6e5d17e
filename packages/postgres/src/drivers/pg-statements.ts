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

  /** @param refusal why it is not to be sent, asked when it would be */
  run(
    client: PgClient,
    text: string,
    values: SqlParameter[],
    refusal: () => Error | undefined,
    done: Done,
  ): void {
    // Without parameters it is a script, which no statement can be prepared from.
    if (values.length === 0) {
      client.query({ text, values, types }, rowsTo(done));
      return;
    }
    const send = (name: string | undefined, told: Done): void => {
      if (takesSubmittables(client)) {
        const statement = new PgStatement(name, this.#shapeOf(text), values, refusal);
        client.query(statement, rowsTo(told));
      } else {
        client.query(
          { ...(name === undefined ? {} : { name }), text, values, types },
          rowsTo(told),
        );
      }
    };
    const name = this.#prepared.nameOf(text);
    if (name === undefined) {
      send(undefined, done);
      return;
    }
    send(name, (error, rows) => {
      if (rows === undefined && this.#prepared.failed(error)) send(undefined, done);
      else done(error, rows);
    });
  }

  #shapeOf(text: string): Shape {
    let shape = this.#shapes.get(text);
    if (shape === undefined) {
      shape = { text, columns: undefined };
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
