import type { Harness } from '@idem/contract-tests';
import {
  contractHarness,
  type Kept,
} from '../../../packages/sqlserver/test/support/contract-harness.ts';
import { openInstance } from '../../../packages/sqlserver/test/support/table-on.ts';
import { Application } from '../../../packages/sqlserver/test/support/transactions.ts';

type TestServer = Parameters<typeof contractHarness>[0];

let db: Kept['db'] | undefined;
let application: Application | undefined;

/**
 * The harness with that schema on connections that are kept from one mutant to the next: what Babelfish
 * has to learn on a new one takes it seconds, and most of what a mutant would cost. So this module
 * and the store in it are not loaded anew. What is mutated is the text of the schema, and that comes from
 * who asks.
 */
export async function keptHarness(
  server: TestServer,
  schemaSql: Kept['schemaSql'],
): Promise<Harness> {
  db ??= openInstance(server);
  if (application?.hasLost === true) {
    await application[Symbol.asyncDispose]();
    application = undefined;
  }
  application ??= await Application.open(server);
  return contractHarness(server, undefined, { db, application, schemaSql });
}
