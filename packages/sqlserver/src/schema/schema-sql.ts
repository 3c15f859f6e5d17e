import { type Names, namesOf, type SchemaNames } from './names.ts';
import { procedures } from './procedures/index.ts';
import { createProcedure, type Procedure } from './procedures/procedure.ts';
import { createPurgeIndex, createTable, moveValuesOffRow } from './table.ts';

/** How long one of many processes that start at once waits for the others, in milliseconds. */
const LOCK_TIMEOUT = 60_000;

/**
 * The T-SQL that creates what is missing: schema, table, purge index and procedures. It is one
 * batch, changes nothing that is there, and may be run by any number of processes at once.
 */
export function schemaSql(options: SchemaNames = {}): string {
  return createSchema(namesOf(options));
}

/** The T-SQL that drops procedures and table, with every record in it. */
export function dropSchemaSql(options: SchemaNames = {}): string {
  const names = namesOf(options);
  const drops = procedures.map(
    ({ name }) =>
      `IF OBJECT_ID(N'${names.procedure(name)}', N'P') IS NOT NULL DROP PROCEDURE ${names.procedure(name)};`,
  );
  const table = names.quotedTable;
  return `${drops.join('\n')}
IF OBJECT_ID(N'${table}', N'U') IS NOT NULL DROP TABLE ${table};`;
}

function createSchema(names: Names): string {
  const { schema, quotedTable } = names;
  return `SET XACT_ABORT ON;
BEGIN TRANSACTION;
DECLARE @Lock INT;
EXEC @Lock = sp_getapplock @Resource = N'idem ${quotedTable}', @LockMode = 'Exclusive', @LockOwner = 'Transaction', @LockTimeout = ${LOCK_TIMEOUT};
IF @Lock < 0 THROW 50000, 'Another session has been creating the idempotency store for a minute.', 1;

IF SCHEMA_ID(N'${schema}') IS NULL EXEC (N'CREATE SCHEMA [${schema}]');

IF OBJECT_ID(N'${quotedTable}', N'U') IS NULL
BEGIN
${indent(createTable(names))};
${indent(createPurgeIndex(names))};
END;

${procedures.map((procedure) => ensureProcedure(names, procedure)).join('\n\n')}

COMMIT TRANSACTION;

-- A table option is not for a transaction. Babelfish keeps large values off the row by itself.
IF @@TRANCOUNT = 0 AND SERVERPROPERTY('Babelfish') IS NULL
  AND EXISTS (SELECT 1 FROM sys.tables WHERE object_id = OBJECT_ID(N'${quotedTable}', N'U') AND large_value_types_out_of_row = 0)
  ${moveValuesOffRow(names)};
`;
}

// CREATE PROCEDURE must stand alone in its batch.
function ensureProcedure(names: Names, procedure: Procedure): string {
  const text = createProcedure(names, procedure).replaceAll("'", "''");
  return `IF OBJECT_ID(N'${names.procedure(procedure.name)}', N'P') IS NULL EXEC (N'${text}');`;
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}
