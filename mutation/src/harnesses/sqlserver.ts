import type { Absent, Harness } from '@idem/contract-tests';
import type { contractHarness } from '../../../packages/sqlserver/test/support/contract-harness.ts';
import { findServer } from '../../../packages/sqlserver/test/support/find-server.ts';
import type { GivenServer } from '../child/given-server.ts';
import { isGiven } from '../servers/sqlserver-address.ts';
import { keptHarness } from '../servers/sqlserver-kept.ts';
import { schemaOf } from './sqlserver-schema.ts';

export default async (given?: GivenServer): Promise<Harness | Absent> => {
  const server = given === undefined ? await findServer() : serverOf(given);
  return 'absent' in server ? server : keptHarness(server, schemaOf);
};

function serverOf({ address, restart }: GivenServer): Parameters<typeof contractHarness>[0] {
  if (!isGiven(address)) throw new Error('A server that was given has no address.');
  return {
    ...address,
    description: 'a server given',
    restart: address.canRestart === true ? restart : { absent: address.canRestart },
    stop: async () => {},
  };
}
