import { namesOf } from '../../../packages/sqlserver/src/schema/names.ts';
import { procedures } from '../../../packages/sqlserver/src/schema/procedures/index.ts';
import { createProcedure } from '../../../packages/sqlserver/src/schema/procedures/procedure.ts';
import { schemaSql } from '../../../packages/sqlserver/src/schema/schema-sql.ts';
import { tableSteps } from '../../../packages/sqlserver/src/schema/table.ts';
import type { Schema } from '../servers/sqlserver-schema.ts';

/** The schema as the mutant has it: loaded anew for each, as all in this folder. */
export function schemaOf(table: string): Schema {
  const names = namesOf({ table });
  return {
    script: schemaSql({ table }),
    table: tableSteps.map((step) => step.take(names)).join('\n'),
    procedures: new Map(
      procedures.map((each) => [names.procedure(each.name), createProcedure(names, each)]),
    ),
  };
}
