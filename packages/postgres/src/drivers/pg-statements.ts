import type { SqlRow } from '@idem/core/sql';
import type { PgClient, PgQuery } from './pg-client.ts';
import { types } from './pg-types.ts';
import { Prepared } from './prepared.ts';

type Done = (error: unknown, rows?: readonly SqlRow[]) => void;

/** Sends statements to clients of `pg`, by name where names work. */
export class PgStatements {
  readonly #prepared = new Prepared();
  /** What is the same of a statement each time. */
  readonly #shapes = new Map<string, object>();

  run(client: PgClient, text: string, values: unknown[], done: Done): void {
    // Without parameters it is a script, which no statement can be prepared from.
    const name = values.length === 0 ? undefined : this.#prepared.nameOf(text);
    if (name === undefined) {
      send(client, { text, values, types }, done);
      return;
    }
    send(client, this.#named(text, name, values), (error, rows) => {
      if (rows === undefined && this.#prepared.failed(error)) {
        send(client, { text, values, types }, done);
      } else {
        done(error, rows);
      }
    });
  }

  /** pg copies a query property by property, and keeps its prototype: what is there is not copied. */
  #named(text: string, name: string, values: unknown[]): PgQuery {
    let shape = this.#shapes.get(text);
    if (shape === undefined) {
      shape = { name, text, types };
      this.#shapes.set(text, shape);
    }
    const query = Object.create(shape);
    query.values = values;
    return query;
  }
}

function send(client: PgClient, query: PgQuery, done: Done): void {
  client.query(query, (error, result) => {
    if (error) done(error);
    else done(undefined, result?.rows ?? []);
  });
}
