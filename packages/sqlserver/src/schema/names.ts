import { refuse } from '@idem/core/adapter';

/** Where the store lives; both names appear in every procedure's name too. */
export interface SchemaNames {
  /** The schema of the table and the procedures. Default `dbo`. */
  readonly schema?: string | undefined;
  /** The table; the procedures are named after it. Default `IdempotencyStore`. */
  readonly table?: string | undefined;
}

/** Names as they are written into SQL, quoted. */
export interface Names {
  readonly schema: string;
  readonly table: string;
  readonly quotedTable: string;
  procedure(name: string): string;
}

/**
 * The generation of the procedures. A released procedure never changes: a new text gets a new
 * number, so that two versions of the library can share one table while a deployment rolls.
 */
export const GENERATION = 1;

// No quote and no bracket: quoting then never needs escaping, in dynamic SQL either.
const NAME = /^[\p{L}_][\p{L}\p{N}_@$# -]{0,99}$/u;

/** Refuses names that are not plain; `IDEM_INVALID_OPTIONS`. */
export function namesOf(
  { schema = 'dbo', table = 'IdempotencyStore' }: SchemaNames,
  generation: number = GENERATION,
): Names {
  checkName(schema, 'schema');
  checkName(table, 'table');
  return {
    schema,
    table,
    quotedTable: `[${schema}].[${table}]`,
    procedure: (name) => `[${schema}].[${table}_${name}_${generation}]`,
  };
}

/** Refuses, with `IDEM_INVALID_OPTIONS`, a name that is not plain. */
export function checkName(name: unknown, what: string): void {
  if (typeof name === 'string' && NAME.test(name)) return;
  const rule =
    '1 to 100 letters, digits, spaces or _ @ $ # -, starting with a letter or _, and without quotes';
  refuse('IDEM_INVALID_OPTIONS', name, rule, `option ${what}`);
}
