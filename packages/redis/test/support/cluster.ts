import { DURABLE, RedisProcess } from './redis-process.ts';
import { until } from './until.ts';

const SLOTS = 16_384;

/** Three masters that share the slots, made by commands: `redis-cli --cluster create` waits for seconds. */
export class RedisCluster {
  readonly masters: readonly RedisProcess[];

  private constructor(masters: readonly RedisProcess[]) {
    this.masters = masters;
  }

  static async start(): Promise<RedisCluster> {
    const own = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '5000'];
    const masters = await Promise.all(
      [0, 1, 2].map(() => RedisProcess.start([...DURABLE, ...own])),
    );
    const cluster = new RedisCluster(masters);
    await cluster.#join();
    return cluster;
  }

  get url(): string {
    return `redis+cluster://${this.masters.map(({ port }) => `127.0.0.1:${port}`).join(',')}`;
  }

  async isReady(): Promise<boolean> {
    const infos = await Promise.all(this.masters.map((master) => master.ask('CLUSTER', 'INFO')));
    return infos.every((info) => /cluster_state:ok[\s\S]*cluster_known_nodes:3/.test(String(info)));
  }

  /** All of it down at once, and up again. */
  async restart(): Promise<void> {
    await Promise.all(this.masters.map((master) => master.kill()));
    await Promise.all(this.masters.map((master) => master.run()));
    await until('the cluster serves again', () => this.isReady());
  }

  async close(): Promise<void> {
    await Promise.all(this.masters.map((master) => master.close()));
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
    for (const other of this.masters) {
      if (other !== first) await first?.ask('CLUSTER', 'MEET', '127.0.0.1', `${other.port}`);
    }
    await until('the cluster is made', () => this.isReady());
  }
}
