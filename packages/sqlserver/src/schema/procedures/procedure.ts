import type { Names } from '../names.ts';

/** One operation of the store, as a stored procedure. */
export interface Procedure {
  readonly name: string;
  /** In the order in which they are sent. */
  readonly parameters: readonly string[];
  body(names: Names): string;
}

/**
 * The statement that creates it.
 *
 * It states the level that it reads and writes at: a session keeps the level of the application's
 * last transaction, and in a SNAPSHOT transaction whatever was renewed since would fail to be written
 * (3960). The level is the caller's again when the procedure returns (SET TRANSACTION ISOLATION LEVEL,
 * Remarks). Babelfish knows no dirty reads, and refuses the statement in a transaction.
 *
 * And it leaves no transaction open: with IMPLICIT_TRANSACTIONS on, as ANSI_DEFAULTS has it, its first
 * write would begin one that nobody commits.
 *
 * And it answers values whole: a shorter TEXTSIZE of the session, such as drivers have an option for,
 * would cut them, and a sound record would be taken for a damaged one. (Babelfish ignores it.)
 */
export function createProcedure(names: Names, { name, parameters, body }: Procedure): string {
  const declared = parameters.map((parameter) => `  ${parameter}`).join(',\n');
  return `CREATE PROCEDURE ${names.procedure(name)}
${declared}
AS
BEGIN
  SET NOCOUNT ON;
  SET IMPLICIT_TRANSACTIONS OFF;
  IF SERVERPROPERTY('Babelfish') IS NULL
  BEGIN
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    SET TEXTSIZE 2147483647;
  END;
  ${body(names)}
END`;
}

/** The statement that calls it: the same text every time, so one entry in the plan cache. */
export function callProcedure(
  names: Names,
  { name, parameters }: Procedure,
  placeholder: (n: number) => string,
): string {
  const sent = parameters.map((_, i) => placeholder(i + 1)).join(', ');
  return `EXEC ${names.procedure(name)} ${sent}`;
}
