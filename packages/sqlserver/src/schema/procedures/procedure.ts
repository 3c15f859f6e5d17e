import type { Names, ProcedureName } from '../names.ts';

/** One operation of the store, as a stored procedure. */
export interface Procedure {
  readonly name: ProcedureName;
  /** In the order in which they are sent. */
  readonly parameters: readonly string[];
  body(names: Names): string;
}

/** The statement that creates it. */
export function createProcedure(names: Names, { name, parameters, body }: Procedure): string {
  const declared = parameters.map((parameter) => `  ${parameter}`).join(',\n');
  return `CREATE PROCEDURE ${names.procedure(name)}
${declared}
AS
BEGIN
  SET NOCOUNT ON;
  ${body(names)}
END`;
}

/** The statement that calls it: the same text every time, so one entry in the plan cache. */
export function callProcedure(names: Names, { name, parameters }: Procedure): string {
  const sent = parameters.map((_, i) => `@${i + 1}`).join(', ');
  return `EXEC ${names.procedure(name)} ${sent}`;
}
