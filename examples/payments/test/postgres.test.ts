import { findPostgres } from '@idem-workspace/test-servers/postgres';
import { describeDemo } from './describe-demo.ts';

describeDemo('the demo on PostgreSQL', async () => {
  const server = await findPostgres();
  if ('absent' in server) return server;
  // The deadlines of the demo and of the adapter are for a machine that is not also running servers for other tests.
  const url = new URL(server.url);
  url.searchParams.set('timeout', '60000');
  return { url: url.href, lease: 10_000, close: () => server.close() };
});
