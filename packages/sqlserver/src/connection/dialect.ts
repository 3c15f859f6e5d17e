import { MssqlDialect, type TarnPool, type TarnPoolOptions } from 'kysely';
import * as tarn from 'tarn';
import * as tedious from 'tedious';

/** The size of the pool. */
export interface PoolSize {
  /** Connections at most. Default 10. */
  readonly max?: number | undefined;
  /** Connections kept open when idle. Default 0. */
  readonly min?: number | undefined;
}

const DEFAULT_MAX = 10;

/** A cancelled request that the server does not acknowledge costs its connection after this many milliseconds. */
const CANCEL_TIMEOUT = 1_000;

/**
 * A dialect for `new Kysely({ dialect })` whose pool drops dead connections without asking the
 * server. Kysely's own `validateConnections` sends a request before each of yours; without it, a
 * connection that died in the pool is handed out again and again.
 */
export function createDialect(
  config: tedious.ConnectionConfiguration,
  { max = DEFAULT_MAX, min = 0 }: PoolSize = {},
): MssqlDialect {
  const options = { cancelTimeout: CANCEL_TIMEOUT, ...config.options };
  const pool = checkedPool(() => new tedious.Connection({ ...config, options }));
  return new MssqlDialect({
    validateConnections: false,
    // A failed login is reported at once and not tried again until the acquire times out.
    tarn: { Pool: pool.Pool, options: { min, max, propagateCreateError: true } },
    tedious: { ...tedious, connectionFactory: pool.connect },
  });
}

/** Kysely hides the driver's connection, so it is remembered here which of its own belongs to which. */
function checkedPool(open: () => tedious.Connection): {
  readonly Pool: typeof TarnPool;
  readonly connect: () => tedious.Connection;
} {
  let latest: tedious.Connection | undefined;
  const connect = (): tedious.Connection => {
    latest = open();
    return latest;
  };
  class Pool<R> extends tarn.Pool<R> {
    constructor(options: TarnPoolOptions<R>) {
      const connections = new Map<R, tedious.Connection>();
      const create = async (): Promise<R> => {
        // Kysely's `create` calls the factory before it first waits, so no other call is between.
        const creating: Promise<R> = options.create(() => {});
        const connection = latest;
        const resource = await creating;
        if (connection !== undefined) connections.set(resource, connection);
        return resource;
      };
      const validate = (resource: R): boolean => connections.get(resource)?.closed === false;
      const destroy = (resource: R): unknown => {
        connections.delete(resource);
        return options.destroy(resource);
      };
      super({ ...options, create, validate, destroy });
    }
  }
  return { Pool, connect };
}
