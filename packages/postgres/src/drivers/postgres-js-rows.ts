import type { SqlRow } from '@idem/core/sql';
import { types } from './pg-types.ts';
import type { PostgresJsAnswer } from './postgres-js-client.ts';

/** The names of columns that each statement can give, by what all ways to write them have in common. */
const known = new Map<string, ReadonlyMap<string, string>>();

/**
 * Reads what postgres.js answers to a raw query: the bytes as the server sent them, so that no parser
 * and no transform of the application's values has a say, nor has `bytea_output`.
 *
 * Only the names of columns come as the application wants them (`transform: postgres.camel` and the
 * like). Each of ours is a word of the statement, so the statement tells which one it is.
 */
export function rowsOfRaw(answer: PostgresJsAnswer, text: string): readonly SqlRow[] {
  const columns = (answer.columns ?? []).map(({ name, type }) => ({
    name: namesIn(text).get(essence(name)) ?? name,
    parse: types.getTypeParser(type),
  }));
  return Array.from(answer, (row) => {
    const read: Record<string, unknown> = {};
    for (const [i, { name, parse }] of columns.entries()) {
      const bytes = row[i];
      read[name] = bytes == null ? null : parse(bytes.toString());
    }
    return read;
  });
}

function namesIn(text: string): ReadonlyMap<string, string> {
  let names = known.get(text);
  if (names === undefined) {
    // Keywords are in capitals, and never the name of a column.
    const words = text.match(/\b[a-z]\w*/g) ?? [];
    names = new Map(words.map((word) => [essence(word), word]));
    known.set(text, names);
  }
  return names;
}

/** The same of `full_page_writes`, `fullPageWrites`, `FullPageWrites` and `full-page-writes`. */
function essence(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9]/g, '').toLowerCase();
}
