import type { Names } from './names.ts';

/** Neighbours in time are spread over this many places of the purge index, so that no page is the last for all. */
export const PURGE_SHARDS = 8;

/**
 * One change of the table. A step that was released never changes and never goes: the table of whoever
 * began with it is what the later steps start from.
 *
 * A step only adds, and what it adds is nullable or has a default, so that the procedures of earlier
 * generations write the table as before: while a deployment rolls, and after it was rolled back.
 */
export interface TableStep {
  /** A condition in T-SQL: true while the step is still to be taken. */
  missing(names: Names): string;
  /** What takes it: statements that may stand in a transaction. */
  take(names: Names): string;
}

/** In their order, from the first. */
export const tableSteps: readonly TableStep[] = [
  {
    missing: ({ quotedTable }) => `OBJECT_ID(N'${quotedTable}', N'U') IS NULL`,
    take: (names) => `${createTable(names)};\n${createPurgeIndex(names)};`,
  },
];

function createTable({ table, quotedTable }: Names): string {
  return `CREATE TABLE ${quotedTable} (
  KeyHash BINARY(32) NOT NULL,
  IdempotencyKey NVARCHAR(1024) NOT NULL,
  State VARCHAR(9) NOT NULL,
  TokenHash BINARY(32) NULL,
  Fence BIGINT NOT NULL,
  Takeover BIT NOT NULL,
  EndsAt DATETIME2(7) NOT NULL,
  Fingerprint VARCHAR(256) NULL,
  Value VARBINARY(MAX) NULL,
  ValueCrc32 INT NULL,
  PurgeShard TINYINT NOT NULL,
  CONSTRAINT [PK_${table}] PRIMARY KEY CLUSTERED (KeyHash)
)`;
}

/** Finds what has ended, without reading what has not. */
function createPurgeIndex({ table, quotedTable }: Names): string {
  return `CREATE INDEX [IX_${table}_Purge] ON ${quotedTable} (PurgeShard, EndsAt, State)`;
}

/** Values go to pages of their own, so that a completion does not make its row grow and split the page. */
export function moveValuesOffRow({ quotedTable }: Names): string {
  return `EXEC sys.sp_tableoption N'${quotedTable}', 'large value types out of row', 1`;
}
