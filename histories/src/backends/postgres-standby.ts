import { setTimeout as sleep } from 'node:timers/promises';
import { FaultProxy } from '@idem/contract-tests/faults';
import { PostgresCluster, postgresBinaries, until } from '@idem-workspace/test-servers/postgres';
import type { Absent, Backend } from './backend.ts';
import {
  faultsOf,
  holding,
  makeSchema,
  open,
  REPEATS_AFTER,
  TIMEOUT,
  urlThrough,
} from './postgres.ts';
import { crashing } from './redis.ts';

export { open };

export const wrongs: readonly string[] = ['asynchronous-standby'];

const STANDBY = 'idem_standby';
const OWN = {
  // One that has lost its primary asks for it again at once, and not in five seconds.
  wal_retrieve_retry_interval: '100ms',
};

/** A primary whose commits wait for its standby, which takes over; then it has a new one. */
export async function start(wrong: string | undefined): Promise<Backend | Absent> {
  if (postgresBinaries() === undefined) {
    return { absent: 'no PostgreSQL: neither /usr/lib/postgresql nor PATH has its binaries' };
  }
  const synchronous = wrong !== 'asynchronous-standby';
  const follow = (primary: PostgresCluster): Promise<PostgresCluster> =>
    primary.standby({ synchronous, name: STANDBY, settings: OWN });

  let primary = await PostgresCluster.start({ settings: OWN });
  await makeSchema(primary);
  let standby = await follow(primary);
  const proxy = await FaultProxy.listen({ port: primary.port });
  let mending: Promise<void> = Promise.resolve();

  const failOver = async (): Promise<void> => {
    // It hears nothing of the last moments, as on a network that is about to fail: stopped alone, it
    // would find them in its socket.
    await standby.pause();
    await primary.query('SELECT pg_terminate_backend(pid) FROM pg_stat_replication');
    await sleep(300);
    const old = primary;
    await old.crash();
    await standby.resume();
    await standby.promote();
    // Nobody follows it yet, and what commits until then is on it alone.
    await standby.set({ synchronous_standby_names: '' });
    primary = standby;
    proxy.redirect({ port: primary.port });
    mending = (async () => {
      await old.close();
      standby = await follow(primary);
    })();
    mending.catch(() => {});
  };

  return {
    description: `PostgreSQL ${primary.binaries.version} with a standby that commits ${synchronous ? 'wait' : 'do not wait'} for`,
    client: urlThrough(proxy, primary),
    isShared: true,
    timeout: TIMEOUT,
    repeatsAfter: REPEATS_AFTER,
    looksPastWriters: true,
    proxies: [proxy],
    faults: {
      ...faultsOf(() => primary),
      'standby paused': holding(() => standby),
      'failed over': crashing(failOver),
    },
    telling: synchronous ? undefined : 'failed over',
    whole: async () => {
      await mending;
      await until('the standby follows', async () => (await primary.query(FOLLOWS)).length > 0);
    },
    stop: async () => {
      await mending.catch(() => {});
      await proxy.close();
      await Promise.all([primary.close(), standby.close()]);
    },
  };
}

const FOLLOWS = `SELECT FROM pg_stat_replication
  WHERE application_name = '${STANDBY}' AND state = 'streaming' AND replay_lsn IS NOT NULL`;
