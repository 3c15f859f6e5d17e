import { RedisStore, type RedisStoreSettings } from '@idem/redis';
import { createClient, createCluster, createSentinel } from 'redis';
import { parseUrl } from '../../src/url.ts';

export type AddressMap = Readonly<Record<string, { host: string; port: number }>>;

const socket = { reconnectStrategy: (retries: number): number => Math.min(20 * retries, 500) };

/** A store on a client of node-redis that ends with it. */
class OwningStore extends RedisStore {
  readonly #client: Client;

  constructor(client: Client, settings: RedisStoreSettings) {
    super({ client, ...settings });
    this.#client = client;
  }

  override async close(): Promise<void> {
    await super.close();
    if (this.#client.isOpen) this.#client.destroy();
  }
}

/** Opens with node-redis what a URL of ours names; `addresses` leads around the servers, through proxies. */
export async function openWithNodeRedis(
  url: string,
  settings: RedisStoreSettings = {},
  addresses: AddressMap = {},
): Promise<RedisStore> {
  const client = clientFor(url, addresses);
  client.on('error', () => {});
  await client.connect();
  return new OwningStore(client, settings);
}

function clientFor(url: string, addresses: AddressMap) {
  const nodeAddressMap = (address: string): { host: string; port: number } | undefined =>
    addresses[address];
  const { server } = parseUrl(url);
  if (server.kind === 'cluster') {
    const rootNodes = server.nodes.map((node) => ({ socket: Object(node) }));
    return createCluster({ rootNodes, nodeAddressMap, defaults: { socket } });
  }
  const { sentinels, name = '', host = '127.0.0.1', port = 6379 } = server.options;
  if (sentinels == null) return createClient({ socket: { ...socket, host, port } });
  const sentinelRootNodes = sentinels.map((one) => ({
    host: one.host ?? '',
    port: one.port ?? 26379,
  }));
  return createSentinel({
    name,
    sentinelRootNodes,
    nodeAddressMap,
    nodeClientOptions: { socket },
  });
}

type Client = ReturnType<typeof clientFor>;
