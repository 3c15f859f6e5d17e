import { isIP } from 'node:net';
import { type ConnectionOptions, connect } from 'node:tls';
import type { Opening } from './opening.ts';

/** Where a TLS connection is made first, and how. */
interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly tls: ConnectionOptions;
}

/**
 * The error with which a TLS connection to the first address fails; undefined when it does not fail,
 * or nothing is said in time. ioredis keeps that error to itself where it looks for a Cluster's nodes
 * or for a master, and says that the connection was closed.
 *
 * @param timeout milliseconds
 */
export function tlsErrorOf(opening: Opening, timeout: number): Promise<Error | undefined> {
  const endpoint = endpointOf(opening);
  if (endpoint === undefined) return Promise.resolve(undefined);
  const { host, port, tls } = endpoint;
  return new Promise((resolve) => {
    const name = isIP(host) === 0 ? { servername: host } : {};
    const socket = connect({ ...name, ...tls, host, port, timeout });
    const settle = (error?: Error): void => {
      resolve(error);
      socket.destroy();
    };
    socket.once('secureConnect', () => settle());
    socket.once('timeout', () => settle());
    socket.on('error', settle);
    socket.unref();
  });
}

function endpointOf({ server, options }: Opening): Endpoint | undefined {
  if (server.kind === 'redis') {
    const { sentinels, sentinelTLS } = server.options;
    const [first] = sentinels ?? [];
    if (first === undefined || sentinelTLS === undefined) return undefined;
    return { host: first.host ?? 'localhost', port: first.port ?? 26379, tls: sentinelTLS };
  }
  const tls = options?.redisOptions?.tls ?? server.options.tls;
  const [first] = server.nodes;
  if (tls === undefined || typeof first !== 'object') return undefined;
  return { host: first.host ?? 'localhost', port: first.port ?? 6379, tls };
}
