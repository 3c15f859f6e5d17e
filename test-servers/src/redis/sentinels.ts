import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../shared/until.ts';
import { DURABLE, RedisProcess } from './redis-process.ts';
import type { TlsFiles } from './tls-files.ts';

const NAME = 'main';

export interface SentinelOptions {
  readonly tls?: TlsFiles;
  /** Milliseconds of silence after which the master is failed over. Default: more than a busy machine keeps silent. */
  readonly downAfter?: number;
  /** Options of both servers. Default: `DURABLE`. */
  readonly args?: readonly string[];
}

/** Milliseconds of silence after which the sentinel fails over: more than a busy machine keeps silent, and less once a server was killed. */
const DOWN_AFTER = { alive: 60_000, killed: 500 };

/** A master and a replica, watched by one sentinel, which is enough to agree with itself. */
export class SentinelGroup {
  readonly servers: readonly [RedisProcess, RedisProcess];
  readonly sentinel: RedisProcess;
  readonly #downAfter: number;

  private constructor(
    servers: readonly [RedisProcess, RedisProcess],
    sentinel: RedisProcess,
    downAfter: number,
  ) {
    this.servers = servers;
    this.sentinel = sentinel;
    this.#downAfter = downAfter;
  }

  static async start(options: SentinelOptions = {}): Promise<SentinelGroup> {
    const { tls, downAfter = DOWN_AFTER.alive, args = DURABLE } = options;
    const names = tls === undefined ? [] : ['--replica-announce-ip', 'localhost'];
    const host = tls === undefined ? '127.0.0.1' : 'localhost';
    const own = [...args, '--repl-diskless-sync-delay', '0', ...names];
    const master = await RedisProcess.start(own, tls);
    const replica = await RedisProcess.start(
      [...own, ...['--replicaof', host, `${master.port}`]],
      tls,
    );
    await until('the replica follows', async () =>
      String(await replica.ask('INFO', 'replication')).includes('master_link_status:up'),
    );
    const sentinel = await startSentinel(host, master.port, downAfter, tls);
    const group = new SentinelGroup([master, replica], sentinel, downAfter);
    await until('the sentinel knows the replica', async () => {
      const known = await sentinel.ask('SENTINEL', 'REPLICAS', NAME);
      return Array.isArray(known) && known.length === 1;
    });
    return group;
  }

  get url(): string {
    return `redis+sentinel://127.0.0.1:${this.sentinel.port}/${NAME}`;
  }

  async masterPort(): Promise<number> {
    const address = await this.sentinel.ask('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', NAME);
    return Array.isArray(address) ? Number(address[1]) : 0;
  }

  async master(): Promise<RedisProcess> {
    const port = await this.masterPort();
    const master = this.servers.find((server) => server.port === port);
    if (master === undefined) throw new Error(`no server has the master's port ${port}`);
    return master;
  }

  async replica(): Promise<RedisProcess> {
    const port = await this.masterPort();
    const replica = this.servers.find((server) => server.port !== port);
    if (replica === undefined) throw new Error('there is no replica');
    return replica;
  }

  /** Kills the master; resolves when the sentinel has made the replica the master. */
  async failover(): Promise<RedisProcess> {
    const old = await this.master();
    await old.kill();
    const other = await this.replica();
    await this.#failsOverAfter(DOWN_AFTER.killed);
    await until('the replica took over', async () => {
      if ((await this.masterPort()) !== other.port) return false;
      return String(await other.ask('INFO', 'replication')).includes('role:master');
    });
    await this.#failsOverAfter(this.#downAfter);
    return old;
  }

  async #failsOverAfter(ms: number): Promise<void> {
    await this.sentinel.ask('SENTINEL', 'SET', NAME, 'down-after-milliseconds', `${ms}`);
  }

  /** The master goes down and comes back before the sentinel thinks anything of it. */
  async restart(): Promise<void> {
    const master = await this.master();
    await master.restart();
    // One that was promoted has been started with the options of a replica.
    await master.ask('REPLICAOF', 'NO', 'ONE');
  }

  async close(): Promise<void> {
    await this.sentinel.close();
    await Promise.all(this.servers.map((server) => server.close()));
  }
}

async function startSentinel(
  host: string,
  masterPort: number,
  downAfter: number,
  tls: TlsFiles | undefined,
): Promise<RedisProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'idem-sentinel-'));
  const file = join(folder, 'sentinel.conf');
  const lines = [
    'sentinel resolve-hostnames yes',
    'sentinel announce-hostnames yes',
    `sentinel monitor ${NAME} ${host} ${masterPort} 1`,
    `sentinel down-after-milliseconds ${NAME} ${downAfter}`,
    `sentinel failover-timeout ${NAME} 3000`,
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  return RedisProcess.start([file, '--sentinel'], tls);
}
