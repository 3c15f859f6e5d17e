import type { Absent, Harness } from '@idem/contract-tests';
import { contractHarness } from '../../../packages/postgres/test/support/contract-harness.ts';
import { findServer } from '../../../packages/postgres/test/support/find-server.ts';
import type { GivenServer } from '../child/given-server.ts';

export default async (given?: GivenServer): Promise<Harness | Absent> => {
  const server = given === undefined ? await findServer() : serverOf(given);
  return 'absent' in server ? server : contractHarness(server);
};

function serverOf({ address, restart }: GivenServer): Parameters<typeof contractHarness>[0] {
  if (typeof address !== 'string') throw new Error(`A server's URL is a string, not ${address}.`);
  return { description: 'a server given', url: address, restart, close: async () => {} };
}
