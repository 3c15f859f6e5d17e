import type { TestProject } from 'vitest/node';
import { findServer, type NoServer } from './find-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly postgres: { readonly url: string } | NoServer;
  }
}

/** One server for all test files; each works on a table of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await findServer();
  if ('absent' in server) {
    console.log(`@idem/postgres tests: skipped, ${server.absent}`);
    project.provide('postgres', server);
    return async () => {};
  }
  console.log(`@idem/postgres tests: ${server.description}`);
  project.provide('postgres', { url: server.url });
  return () => server.close();
}
