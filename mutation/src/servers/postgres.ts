import { PostgresCluster, postgresBinaries } from '@idem-workspace/test-servers/postgres';
import type { Server } from '../server.ts';

/**
 * A private cluster. Its data survives a crash of the processes without being flushed to the disk,
 * and that is most of the time that a mutant takes.
 */
export default async (): Promise<Server | undefined> => {
  if (postgresBinaries() === undefined) return undefined;
  const cluster = await PostgresCluster.start({ settings: { fsync: 'off' } });
  return {
    address: cluster.url,
    restart: () => cluster.restart(),
    close: () => cluster.close(),
  };
};
