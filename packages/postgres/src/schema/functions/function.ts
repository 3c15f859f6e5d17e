import type { Names } from '../names.ts';

/** One operation of the store that writes, as a function of the database. */
export interface StoreFunction {
  readonly name: string;
  /** In the order in which they are sent: a name and a type each. */
  readonly parameters: readonly string[];
  /** What it gives: a type, or columns. */
  readonly returns: 'text' | 'bytea' | readonly string[];
  /** Variables besides. */
  readonly declares?: readonly string[];
  body(names: Names): string;
}

/**
 * The statement that creates it. It runs with the rights of whoever calls it (SECURITY INVOKER), and
 * names every object with its schema, so no search_path decides what it touches.
 *
 * PL/pgSQL, because each of its statements sees what was committed before that statement began, and
 * each reading of the clock is of its moment: the row is locked, then the clock is read, then it is
 * judged. In one statement of SQL the clock is read before the wait for a lock, or the row before the
 * clock.
 */
export function createFunction(names: Names, fn: StoreFunction): string {
  const { name, parameters, returns, declares = [], body } = fn;
  const out = typeof returns === 'string' ? [] : returns.map((column) => `OUT ${column}`);
  const takes = [...parameters, ...out].map((parameter) => `  ${parameter}`).join(',\n');
  const gives = typeof returns === 'string' ? `RETURNS ${returns} ` : '';
  const variables = declares.map((variable) => `  ${variable};\n`).join('');
  return `CREATE FUNCTION ${names.function(name)}(
${takes}
) ${gives}LANGUAGE plpgsql VOLATILE AS $function$
DECLARE
  v_now timestamptz;
${variables}BEGIN
  ${body(names)}
END
$function$;`;
}

/** The call, the same text every time. */
export function callFunction(
  names: Names,
  { name, parameters, returns }: StoreFunction,
  placeholder: (n: number) => string,
): string {
  const sent = argumentsOf(parameters, placeholder);
  const call = `${names.function(name)}(${sent})`;
  if (typeof returns === 'string') return `SELECT ${call} AS outcome`;
  const columns = returns.map((column) => column.slice(0, column.indexOf(' ')));
  return `SELECT ${columns.join(', ')} FROM ${call}`;
}

/** Each with its type, because some libraries send a number as whichever type holds it. */
export function argumentsOf(
  parameters: readonly string[],
  placeholder: (n: number) => string,
): string {
  return parameters
    .map((parameter, i) => `${placeholder(i + 1)}::${parameter.slice(parameter.indexOf(' ') + 1)}`)
    .join(', ');
}
