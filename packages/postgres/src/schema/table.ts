import type { Names } from './names.ts';

/**
 * One change of the table. A step that was released never changes and never goes: the table of whoever
 * began with it is what the later steps start from.
 *
 * A step only adds, and what it adds is nullable or has a default, so that the functions of earlier
 * generations write the table as before: while a deployment rolls, and after it was rolled back.
 */
export interface TableStep {
  /** A condition in SQL: true while the step is still to be taken. */
  missing(names: Names): string;
  /** What takes it: statements that may stand in a transaction, each with its semicolon. */
  take(names: Names): string;
}

/** In their order, from the first. */
export const tableSteps: readonly TableStep[] = [
  {
    missing: ({ quotedTable }) => `to_regclass('${quotedTable}') IS NULL`,
    take: createTable,
  },
];

/**
 * No column that changes is in an index, so that every update is a heap-only one (HOT): it writes one
 * page and no index, and its dead version is cleaned up by the next visitor of the page. `fillfactor`
 * leaves room on each page for the value that completes a claim. The purge walks the pages instead.
 *
 * Columns of fixed length come first, so that no padding stands between them.
 */
function createTable({ quotedTable }: Names): string {
  return `CREATE TABLE ${quotedTable} (
  fence bigint NOT NULL,
  ends_at timestamptz NOT NULL,
  value_crc32 integer,
  takeover boolean NOT NULL,
  state text NOT NULL,
  key bytea NOT NULL PRIMARY KEY,
  token_hash bytea,
  fingerprint text,
  value bytea
) WITH (
  fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05
);`;
}
