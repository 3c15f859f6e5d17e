import { namesOf } from '../../../packages/sqlserver/src/schema/names.ts';
import { procedures } from '../../../packages/sqlserver/src/schema/procedures/index.ts';
import { createProcedure } from '../../../packages/sqlserver/src/schema/procedures/procedure.ts';

/** Each operation is a call of the procedure that has its name. */
export default (): ReadonlyMap<string, string> =>
  new Map(procedures.map((each) => [each.name.toLowerCase(), createProcedure(namesOf({}), each)]));
