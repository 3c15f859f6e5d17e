import { findRedis } from '@idem-workspace/test-servers/redis';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The one Redis server of these tests, or why there is none. */
    redis: { readonly url: string } | { readonly absent: string };
  }
}

export default async function startRedis(project: TestProject): Promise<() => Promise<void>> {
  const server = await findRedis();
  if ('absent' in server) {
    project.provide('redis', server);
    return async () => {};
  }
  project.provide('redis', { url: server.url });
  return () => server.close();
}
