import { until } from '../shared/until.ts';
import { DURABLE, RedisProcess } from './redis-process.ts';
import type { TlsFiles } from './tls-files.ts';

const SLOTS = 16_384;

export interface ClusterOptions {
  /** Of each master. Default 0. */
  readonly replicas?: number;
  readonly args?: readonly string[];
  /** Milliseconds of silence after which a replica takes over. Default 60,000. */
  readonly nodeTimeout?: number;
  readonly tls?: TlsFiles;
}

/** Three masters that share the slots, made by commands: `redis-cli --cluster create` waits for seconds. */
export class RedisCluster {
  readonly masters: readonly RedisProcess[];
  readonly replicas: readonly RedisProcess[];

  private constructor(masters: readonly RedisProcess[], replicas: readonly RedisProcess[]) {
    this.masters = masters;
    this.replicas = replicas;
  }

  static async start(options: ClusterOptions = {}): Promise<RedisCluster> {
    const { replicas = 0, args = [], tls, nodeTimeout = 60_000 } = options;
    const own = ['--cluster-enabled', 'yes', '--cluster-node-timeout', `${nodeTimeout}`];
    const quick = ['--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '1'];
    const servers = await Promise.all(
      Array.from({ length: 3 + 3 * replicas }, () =>
        RedisProcess.start([...DURABLE, ...own, ...quick, ...args], tls),
      ),
    );
    const cluster = new RedisCluster(servers.slice(0, 3), servers.slice(3));
    await cluster.#join();
    return cluster;
  }

  /** The replicas of the master, by its place among the masters. */
  replicasOf(master: number): readonly RedisProcess[] {
    return this.replicas.filter((_, i) => i % 3 === master);
  }

  /** Which master has the slot when nothing was moved. */
  masterOf(slot: number): number {
    return Math.floor(slot / Math.ceil(SLOTS / this.masters.length));
  }

  /** Gives a slot without keys to another master; clients learn of it by MOVED. */
  async moveSlot(slot: number, to: number): Promise<void> {
    const id = String(await this.masters[to]?.ask('CLUSTER', 'MYID'));
    // First to who gets it, so that nobody is left without an owner.
    const order = [this.masters[to], ...this.masters.filter((_, i) => i !== to)];
    for (const master of order) await master?.ask('CLUSTER', 'SETSLOT', `${slot}`, 'NODE', id);
  }

  get url(): string {
    return `redis+cluster://${this.masters.map(({ port }) => `127.0.0.1:${port}`).join(',')}`;
  }

  async isReady(): Promise<boolean> {
    const all = [...this.masters, ...this.replicas];
    const known = new RegExp(`cluster_state:ok[\\s\\S]*cluster_known_nodes:${all.length}\\b`);
    for (const server of all) {
      if (!known.test(String(await server.ask('CLUSTER', 'INFO')))) return false;
    }
    return true;
  }

  /** All of it down at once, and up again. */
  async restart(): Promise<void> {
    await Promise.all(this.masters.map((master) => master.kill()));
    await Promise.all(this.masters.map((master) => master.run()));
    await until('the cluster serves again', () => this.isReady());
  }

  async close(): Promise<void> {
    await Promise.all([...this.masters, ...this.replicas].map((server) => server.close()));
  }

  async #join(): Promise<void> {
    const share = Math.ceil(SLOTS / this.masters.length);
    await Promise.all(
      this.masters.map(async (master, i) => {
        await master.ask('CLUSTER', 'SET-CONFIG-EPOCH', `${i + 1}`);
        const slots = Array.from({ length: share }, (_, n) => `${i * share + n}`);
        await master.ask('CLUSTER', 'ADDSLOTS', ...slots.filter((slot) => Number(slot) < SLOTS));
      }),
    );
    const [first] = this.masters;
    for (const other of [...this.masters, ...this.replicas]) {
      if (other !== first) await first?.ask('CLUSTER', 'MEET', '127.0.0.1', `${other.port}`);
    }
    await until('the cluster is made', () => this.isReady());
    await Promise.all(this.replicas.map((replica, i) => follow(replica, this.masters[i % 3])));
    if (this.replicas.length === 0) return;
    // A replica is listed when it is known to have received something.
    await until('every node lists the replicas', async () => {
      for (const server of [...this.masters, ...this.replicas]) {
        const table = await server.ask('CLUSTER', 'SLOTS');
        const ranges = Array.isArray(table) ? table : [];
        if (!ranges.every((range) => Array.isArray(range) && range.length > 3)) return false;
      }
      return true;
    });
  }
}

async function follow(replica: RedisProcess, master: RedisProcess | undefined): Promise<void> {
  const id = String(await master?.ask('CLUSTER', 'MYID'));
  await replica.ask('CLUSTER', 'REPLICATE', id);
  await until('the replica follows', async () =>
    String(await replica.ask('INFO', 'replication')).includes('master_link_status:up'),
  );
}
