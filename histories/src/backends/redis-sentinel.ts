import { setTimeout as sleep } from 'node:timers/promises';
import { FaultProxy } from '@idem/contract-tests/faults';
import { DURABLE, locateBinary, SentinelGroup, until } from '@idem-workspace/test-servers/redis';
import type { Absent, Backend } from './backend.ts';
import { crashing, pausing, REPEATS_AFTER, TIMEOUT } from './redis.ts';

export { open } from './redis.ts';

export const wrongs: readonly string[] = ['no-replicas'];

/** A master that the sentinels hold for dead, and that is not, answers nobody without its replica. */
const FENCED = ['--min-replicas-to-write', '1', '--min-replicas-max-lag', '1'];

/** A master and its replica, which acknowledges every claim and completion. */
export async function start(wrong: string | undefined): Promise<Backend | Absent> {
  const source = locateBinary();
  if (source.kind === 'none') return { absent: source.reason };
  const isWrong = wrong === 'no-replicas';
  const args = isWrong ? DURABLE : [...DURABLE, ...FENCED];
  const group = await SentinelGroup.start({ args });
  const proxies = await Promise.all(group.servers.map(({ port }) => FaultProxy.listen({ port })));
  const natMap = Object.fromEntries(
    group.servers.map(({ port }, i) => [
      `127.0.0.1:${port}`,
      { host: '127.0.0.1', port: proxies[i]?.port },
    ]),
  );
  const sentinels = [{ host: '127.0.0.1', port: group.sentinel.port }];
  const failover = async (): Promise<void> => {
    // The replica hears nothing of the last moments, as on a network that is about to fail: stopped
    // alone, it would find them in its socket.
    const replica = await (await group.replica()).pid();
    process.kill(replica, 'SIGSTOP');
    await (await group.master()).ask('CLIENT', 'KILL', 'TYPE', 'replica');
    await sleep(300);
    const failing = group.failover();
    await sleep(100);
    process.kill(replica, 'SIGCONT');
    const old = await failing;
    await old.run();
    await until('the old master follows', async () =>
      String(await old.ask('INFO', 'replication')).includes('master_link_status:up'),
    );
  };
  return {
    description: `a master and its replica under Sentinel, ${isWrong ? 'without' : 'with'} replicas`,
    client: {
      redis: { sentinels, name: 'main', natMap },
      timeout: TIMEOUT,
      ...(isWrong ? {} : { replicas: { count: 1, timeout: TIMEOUT / 2 } }),
    },
    isShared: true,
    timeout: TIMEOUT,
    repeatsAfter: REPEATS_AFTER,
    proxies,
    faults: {
      'failed over': crashing(failover),
      'replica paused': pausing(() => group.replica()),
      'server crashed': crashing(() => group.restart()),
    },
    telling: isWrong ? 'failed over' : undefined,
    stop: async () => {
      await Promise.all(proxies.map((proxy) => proxy.close()));
      await group.close();
    },
  };
}
