import type { Absent, Harness } from '@idem/contract-tests';
import { contractHarness } from '../../../packages/postgres/test/support/contract-harness.ts';
import { findServer } from '../../../packages/postgres/test/support/find-server.ts';

export default async (): Promise<Harness | Absent> => {
  const server = await findServer();
  return 'absent' in server ? server : contractHarness(server);
};
