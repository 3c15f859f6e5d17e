import { isBabelfish } from '@idem-workspace/test-servers/sqlserver';
import type { TestProject } from 'vitest/node';
import { findServer, type NoServer } from './find-server.ts';
import type { Address } from './server.ts';

/** The tests' server. */
export interface FoundServer extends Address {
  readonly babelfish: boolean;
}

declare module 'vitest' {
  interface ProvidedContext {
    readonly sqlserver: FoundServer | NoServer;
  }
}

/** One server for all test files; each works on a table of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await findServer();
  if ('absent' in server) {
    console.log(`@idem/sqlserver tests: skipped, ${server.absent}`);
    project.provide('sqlserver', server);
    return async () => {};
  }
  console.log(`@idem/sqlserver tests: ${server.description}`);
  const { host, port, user, password, database, encrypt } = server;
  const address = { host, port, user, password, database, encrypt };
  project.provide('sqlserver', { ...address, babelfish: await isBabelfish(address) });
  return () => server.stop();
}
