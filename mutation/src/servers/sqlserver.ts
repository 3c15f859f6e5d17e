import { findServer } from '@idem-workspace/test-servers/sqlserver';
import type { Server } from '../server.ts';
import type { GivenAddress } from './sqlserver-address.ts';

/** The server of the tests, whichever it is. */
export default async (): Promise<Server | undefined> => {
  const server = await findServer();
  if ('absent' in server) return undefined;
  const { restart, stop, host, port, user, password, database, encrypt } = server;
  const address: GivenAddress = {
    ...{ host, port, user, password, database, encrypt },
    canRestart: restart instanceof Function ? true : restart.absent,
  };
  return {
    address,
    restart: async () => {
      if (!(restart instanceof Function)) throw new Error(restart.absent);
      await restart();
    },
    close: stop,
  };
};
