import { findServer, urlOf } from '@idem-workspace/test-servers/sqlserver';
import { describeDemo } from './describe-demo.ts';

describeDemo('the demo on SQL Server', async () => {
  const server = await findServer();
  if ('absent' in server) return server;
  // The deadlines of the demo and of the adapter are for a machine that is not also running servers for other tests.
  return {
    url: urlOf(server, 'IdempotencyStore', { timeout: 60_000 }),
    lease: 10_000,
    close: () => server.stop(),
  };
});
