import type { Harness } from '@idem/contract-tests';
import { contractHarness } from '../../../packages/sqlserver/test/support/contract-harness.ts';
import {
  type MadeTable,
  makeTable,
  openInstance,
} from '../../../packages/sqlserver/test/support/table-on.ts';
import { Application } from '../../../packages/sqlserver/test/support/transactions.ts';
import { KeptSchema, type Schema } from './sqlserver-schema.ts';

type TestServer = Parameters<typeof contractHarness>[0];

interface Kept {
  readonly made: MadeTable;
  readonly schema: KeptSchema;
}

let db: Parameters<typeof makeTable>[1];
let application: Application | undefined;
let kept: Kept | undefined;

/**
 * The harness with that schema on connections and a table that are kept from one mutant to the next:
 * what Babelfish has to learn on a new connection takes it seconds, and so does a new schema, and
 * that is most of what a mutant would cost. So this module and the store in it are not loaded anew. What
 * is mutated is the text of the schema, and that comes from who asks.
 */
export async function keptHarness(
  server: TestServer,
  schemaOf: (table: string) => Schema,
): Promise<Harness> {
  db ??= openInstance(server);
  if (application?.hasLost === true) {
    await application[Symbol.asyncDispose]();
    application = undefined;
  }
  application ??= await Application.open(server);
  const { made } = await withSchema(makeTable(server, db), schemaOf);
  return contractHarness(server, undefined, {
    application,
    made: { ...made, drop: async () => {} },
  });
}

/** On the table that is there, and on another where that cannot become this one. */
async function withSchema(another: MadeTable, schemaOf: (table: string) => Schema): Promise<Kept> {
  if (kept !== undefined) {
    const { made, schema } = kept;
    const wanted = schemaOf(made.table);
    if (schema.canBecome(wanted)) {
      await schema.become(wanted);
      await made.query(`DELETE FROM dbo.${made.table}`);
      return kept;
    }
    kept = undefined;
    await made.drop();
  }
  const schema = await KeptSchema.create(another.query, schemaOf(another.table));
  kept = { made: another, schema };
  return kept;
}
