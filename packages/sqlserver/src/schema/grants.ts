import { checkOptionNames } from '@idem/core/adapter';
import { checkName, namesOf, type SchemaNames } from './names.ts';
import { procedures } from './procedures/index.ts';

export interface GrantOptions extends SchemaNames {
  /** A role or a user of the database; a role that is not there is created. */
  readonly role: string;
}

const NAMES: ReadonlySet<string> = new Set(['role', 'schema', 'table']);

/**
 * The T-SQL that lets a role do what the store's operations need, and nothing else: execute the
 * procedures of this version. To be run again with each version whose procedures have another number
 * at their end; rights on the old ones stay, for the processes that still call them. Throws
 * `IDEM_INVALID_OPTIONS`.
 */
export function grantSql(options: GrantOptions): string {
  checkOptionNames(options, NAMES, 'options of grantSql');
  const { role } = options;
  checkName(role, 'role');
  const names = namesOf(options);
  const grants = procedures.map(
    ({ name }) => `GRANT EXECUTE ON ${names.procedure(name)} TO [${role}];`,
  );
  return `IF DATABASE_PRINCIPAL_ID(N'${role}') IS NULL EXEC (N'CREATE ROLE [${role}]');
${grants.join('\n')}
`;
}
