import { checkOptionNames } from '@idem/core/adapter';
import { functions } from './functions/index.ts';
import { checkName, namesOf, type SchemaNames } from './names.ts';
import { signature } from './schema-sql.ts';

export interface GrantOptions extends SchemaNames {
  /** A role of the server; one that is not there is created, without a login. */
  readonly role: string;
}

const NAMES: ReadonlySet<string> = new Set(['role', 'schema', 'table']);

/**
 * The SQL that lets a role do what the store's operations need, and nothing else: read and write the
 * rows of its table, and execute the functions of this version, which run with the rights of whoever
 * calls them. To be run again with each version whose functions have another number at their end.
 * Throws `IDEM_INVALID_OPTIONS`.
 */
export function grantSql(options: GrantOptions): string {
  checkOptionNames(options, NAMES, 'options of grantSql');
  const { role } = options;
  checkName(role, 'role');
  const names = namesOf(options);
  const grants = functions.map(
    (fn) => `  GRANT EXECUTE ON FUNCTION ${signature(names, fn)} TO "${role}";`,
  );
  return `DO $idem$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') THEN CREATE ROLE "${role}"; END IF;
  GRANT USAGE ON SCHEMA ${names.quotedSchema} TO "${role}";
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE ${names.quotedTable} TO "${role}";
${grants.join('\n')}
END
$idem$;
`;
}
