import { checkOptionNames } from '@idem/core/adapter';
import { QUOTED_IDENTIFIER_OFF, SCHEMA_LOCKED } from '../faults/server-errors.ts';
import { GENERATION, type Names, namesOf, type SchemaNames } from './names.ts';
import { procedures } from './procedures/index.ts';
import { createProcedure, type Procedure } from './procedures/procedure.ts';
import { moveValuesOffRow, type TableStep, tableSteps } from './table.ts';

/** What a version of this library needs of the database. */
export interface SchemaParts {
  readonly steps: readonly TableStep[];
  readonly procedures: readonly Procedure[];
}

const CURRENT: SchemaParts = { steps: tableSteps, procedures };
const NAMES: ReadonlySet<string> = new Set(['schema', 'table']);

/**
 * How long one of many processes that start at once waits for the others in one request, in
 * milliseconds: shorter than drivers let a request last.
 */
const LOCK_TIMEOUT = 5_000;

/**
 * What the objects are created with, whoever applies the script: procedures keep the first two, and
 * with QUOTED_IDENTIFIER off, as sqlcmd has it, an indexed view or a filtered index that somebody adds
 * makes every write fail (1934). With IMPLICIT_TRANSACTIONS on, the COMMIT would end the inner of two
 * transactions, and the schema would go with the session.
 */
const SESSION = [
  ...['QUOTED_IDENTIFIER', 'ANSI_NULLS', 'ANSI_PADDING', 'ANSI_WARNINGS', 'ARITHABORT'].map(
    (option) => `SET ${option} ON;`,
  ),
  'SET CONCAT_NULL_YIELDS_NULL ON;',
  'SET NUMERIC_ROUNDABORT OFF;',
  'SET IMPLICIT_TRANSACTIONS OFF;',
].join(' ');

/**
 * The T-SQL that creates what is missing: schema, table, purge index and procedures. It is one
 * batch, changes nothing that is there, and may be run by any number of processes at once. Throws
 * `IDEM_INVALID_OPTIONS`.
 */
export function schemaSql(options: SchemaNames = {}): string {
  checkOptionNames(options, NAMES, 'options of schemaSql');
  return createSchema(namesOf(options));
}

/** The T-SQL that drops procedures and table, with every record in it. Throws `IDEM_INVALID_OPTIONS`. */
export function dropSchemaSql(options: SchemaNames = {}): string {
  checkOptionNames(options, NAMES, 'options of dropSchemaSql');
  const generations = Array.from({ length: GENERATION }, (_, i) => namesOf(options, i + 1));
  const drops = generations.flatMap((names) =>
    procedures.map(
      ({ name }) =>
        `IF OBJECT_ID(N'${names.procedure(name)}', N'P') IS NOT NULL DROP PROCEDURE ${names.procedure(name)};`,
    ),
  );
  const table = namesOf(options).quotedTable;
  return `${drops.join('\n')}
IF OBJECT_ID(N'${table}', N'U') IS NOT NULL DROP TABLE ${table};`;
}

/**
 * Who may only execute the procedures sees them and not the table, and may create nothing; to such a
 * login a schema with all procedures is complete.
 */
export function createSchema(names: Names, parts: SchemaParts = CURRENT): string {
  const { schema, quotedTable } = names;
  return `${SESSION}
SET XACT_ABORT ON;
DECLARE @Procedures INT = ${parts.procedures.map((procedure) => seen(names, procedure)).join('\n  + ')};
IF @Procedures < ${parts.procedures.length} OR (OBJECT_ID(N'${quotedTable}', N'U') IS NULL AND HAS_PERMS_BY_NAME(DB_NAME(), N'DATABASE', N'CREATE TABLE') = 1)
BEGIN
BEGIN TRANSACTION;
DECLARE @Lock INT;
EXEC @Lock = sp_getapplock @Resource = N'idem ${quotedTable}', @LockMode = 'Exclusive', @LockOwner = 'Transaction', @LockTimeout = ${LOCK_TIMEOUT};
IF @Lock < 0 THROW ${SCHEMA_LOCKED}, 'Another session is creating the idempotency store; run this again.', 1;

IF SCHEMA_ID(N'${schema}') IS NULL EXEC (N'CREATE SCHEMA [${schema}]');

${parts.steps.map((step) => ensureStep(names, step)).join('\n\n')}

${parts.procedures.map((procedure) => ensureProcedure(names, procedure)).join('\n\n')}

IF 0 IN (${parts.procedures.map((procedure) => quotes(names, procedure)).join(',\n  ')})
  THROW ${QUOTED_IDENTIFIER_OFF}, 'The session has QUOTED_IDENTIFIER off, and procedures keep it: turn it on, or run this as a batch of its own, as sqlcmd does.', 1;

COMMIT TRANSACTION;
END;

-- A table option is not for a transaction. Babelfish keeps large values off the row by itself.
IF @@TRANCOUNT = 0 AND SERVERPROPERTY('Babelfish') IS NULL
  AND EXISTS (SELECT 1 FROM sys.tables WHERE object_id = OBJECT_ID(N'${quotedTable}', N'U') AND large_value_types_out_of_row = 0)
  ${moveValuesOffRow(names)};
`;
}

function seen(names: Names, { name }: Procedure): string {
  return `CASE WHEN OBJECT_ID(N'${names.procedure(name)}', N'P') IS NULL THEN 0 ELSE 1 END`;
}

/**
 * 0 where it was created with QUOTED_IDENTIFIER off. A script that is a batch sets it for the session;
 * drivers send it by sp_executesql, where what it sets does not reach what it creates (SET
 * QUOTED_IDENTIFIER, Remarks). Null on Babelfish.
 */
function quotes(names: Names, { name }: Procedure): string {
  return `OBJECTPROPERTY(OBJECT_ID(N'${names.procedure(name)}', N'P'), 'ExecIsQuotedIdentOn')`;
}

// Dynamic, so that a step may use a column that an earlier one adds: a batch is compiled as a whole.
function ensureStep(names: Names, step: TableStep): string {
  return `IF ${step.missing(names)} EXEC (N'${step.take(names).replaceAll("'", "''")}');`;
}

// CREATE PROCEDURE must stand alone in its batch.
function ensureProcedure(names: Names, procedure: Procedure): string {
  const text = createProcedure(names, procedure).replaceAll("'", "''");
  return `IF OBJECT_ID(N'${names.procedure(procedure.name)}', N'P') IS NULL EXEC (N'${text}');`;
}
