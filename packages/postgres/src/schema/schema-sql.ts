import { checkOptionNames } from '@idem/core/adapter';
import { createFunction, type StoreFunction } from './functions/function.ts';
import { functions } from './functions/index.ts';
import { GENERATION, type Names, namesOf, type SchemaNames } from './names.ts';
import { type TableStep, tableSteps } from './table.ts';

/** What a version of this library needs of the database. */
export interface SchemaParts {
  readonly steps: readonly TableStep[];
  readonly functions: readonly StoreFunction[];
}

const CURRENT: SchemaParts = { steps: tableSteps, functions };
const NAMES: ReadonlySet<string> = new Set(['schema', 'table']);

/**
 * The SQL that creates what is missing: schema, table and functions. It is one statement, changes
 * nothing that is there, and may be run by any number of processes at once, in a transaction or not.
 * Throws `IDEM_INVALID_OPTIONS`.
 */
export function schemaSql(options: SchemaNames = {}): string {
  checkOptionNames(options, NAMES, 'options of schemaSql');
  return createSchema(namesOf(options));
}

/** The SQL that drops functions and table, with every record in it. Throws `IDEM_INVALID_OPTIONS`. */
export function dropSchemaSql(options: SchemaNames = {}): string {
  checkOptionNames(options, NAMES, 'options of dropSchemaSql');
  const generations = Array.from({ length: GENERATION }, (_, i) => namesOf(options, i + 1));
  const drops = generations.flatMap((names) =>
    functions.map((fn) => `  DROP FUNCTION IF EXISTS ${signature(names, fn)};`),
  );
  return `DO $idem$
BEGIN
${drops.join('\n')}
  DROP TABLE IF EXISTS ${namesOf(options).quotedTable};
END
$idem$;
`;
}

/**
 * What is missing is looked for first, so that whoever may create nothing finds a schema complete that
 * is; and then under a lock, because two `CREATE … IF NOT EXISTS` at once fail.
 */
export function createSchema(names: Names, parts: SchemaParts = CURRENT): string {
  const missing = [
    ...parts.steps.map((step) => step.missing(names)),
    ...parts.functions.map((fn) => isMissing(names, fn)),
  ];
  return `DO $idem$
BEGIN
IF to_regnamespace('${names.quotedSchema}') IS NOT NULL
  AND NOT (${missing.join('\n    OR ')})
THEN
  RETURN;
END IF;

-- Whoever else creates this schema waits here, until the end of the transaction.
PERFORM pg_advisory_xact_lock(pg_catalog.hashtextextended('idem ${names.quotedTable}', 0));
-- A session hears of what others created when it opens a relation, and not while it waits for a lock of this kind.
PERFORM FROM pg_catalog.pg_class LIMIT 1;

IF to_regnamespace('${names.quotedSchema}') IS NULL THEN
  CREATE SCHEMA ${names.quotedSchema};
END IF;

${parts.steps.map((step) => ensureStep(names, step)).join('\n\n')}

${parts.functions.map((fn) => ensureFunction(names, fn)).join('\n\n')}
END
$idem$;
`;
}

function isMissing(names: Names, fn: StoreFunction): string {
  return `to_regprocedure('${signature(names, fn)}') IS NULL`;
}

/** A function is told from others of its name by the types that it takes. */
export function signature(names: Names, { name, parameters }: StoreFunction): string {
  const types = parameters.map((parameter) => parameter.slice(parameter.indexOf(' ') + 1));
  return `${names.function(name)}(${types.join(', ')})`;
}

function ensureStep(names: Names, step: TableStep): string {
  return `IF ${step.missing(names)} THEN\n${step.take(names)}\nEND IF;`;
}

function ensureFunction(names: Names, fn: StoreFunction): string {
  return `IF ${isMissing(names, fn)} THEN\n${createFunction(names, fn)}\nEND IF;`;
}
