import { refuse } from '@idem/core/adapter';

/** Where the store lives. */
export interface SchemaNames {
  /** The schema of the table and its functions. Default `public`. */
  readonly schema?: string | undefined;
  /** The table; the functions are named after it. Default `idempotency_store`. */
  readonly table?: string | undefined;
}

/** Names as they are written into SQL, quoted, so that no search_path and no folding decides. */
export interface Names {
  readonly schema: string;
  readonly table: string;
  readonly quotedSchema: string;
  readonly quotedTable: string;
  function(name: string): string;
}

/**
 * The generation of the functions. A released function never changes: a new text gets a new number,
 * so that two versions of the library can share one table while a deployment rolls.
 */
export const GENERATION = 1;

// No quote, no backslash and no dollar: quoting then never needs escaping, in a DO block either.
const NAME = /^[\p{L}_][\p{L}\p{N}_ -]*$/u;

/** The server cuts a name at 63 bytes; the longest function has 11 more than its table. */
const LONGEST_TABLE = 50;
const LONGEST = 63;

/** Refuses names that are not plain; `IDEM_INVALID_OPTIONS`. */
export function namesOf(
  { schema = 'public', table = 'idempotency_store' }: SchemaNames,
  generation: number = GENERATION,
): Names {
  checkName(schema, 'schema', LONGEST);
  checkName(table, 'table', LONGEST_TABLE);
  return {
    schema,
    table,
    quotedSchema: `"${schema}"`,
    quotedTable: `"${schema}"."${table}"`,
    function: (name) => `"${schema}"."${table}_${name}_${generation}"`,
  };
}

/** Refuses, with `IDEM_INVALID_OPTIONS`, a name that is not plain. */
export function checkName(name: unknown, what: string, longest: number = LONGEST): void {
  if (typeof name === 'string' && NAME.test(name) && Buffer.byteLength(name) <= longest) return;
  const rule = `1 to ${longest} bytes of letters, digits, spaces, _ or -, starting with a letter or _, and without quotes`;
  refuse('IDEM_INVALID_OPTIONS', name, rule, `option ${what}`);
}
