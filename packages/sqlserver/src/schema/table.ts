import type { Names } from './names.ts';

/** Neighbours in time are spread over this many places of the purge index, so that no page is the last for all. */
export const PURGE_SHARDS = 8;

/** The table, as one statement. */
export function createTable({ table, quotedTable }: Names): string {
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
  CONSTRAINT [PK_${table}] PRIMARY KEY CLUSTERED (KeyHash) WITH (FILLFACTOR = 80)
)`;
}

/** Finds what has ended, without reading what has not. */
export function createPurgeIndex({ table, quotedTable }: Names): string {
  return `CREATE INDEX [IX_${table}_Purge] ON ${quotedTable} (PurgeShard, EndsAt, State) WITH (FILLFACTOR = 80)`;
}

/** Values go to pages of their own, so that a completion does not make its row grow and split the page. */
export function moveValuesOffRow({ quotedTable }: Names): string {
  return `EXEC sys.sp_tableoption N'${quotedTable}', 'large value types out of row', 1`;
}
