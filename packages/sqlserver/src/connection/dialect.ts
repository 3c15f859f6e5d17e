import { checkOptionNames } from '@idem/core/adapter';
import {
  type DialectAdapter,
  type Driver,
  MssqlDialect,
  type MssqlDialectConfig,
  type TarnPoolOptions,
} from 'kysely';
import * as tedious from 'tedious';
import { CheckedDriver } from './checked-driver.ts';
import { type CheckedPool, checkedPool } from './checked-pool.ts';
import { connectionMaker } from './connection-maker.ts';
import { checkedSize, type PoolSize } from './pool-size.ts';
import { rememberReserve } from './reserve.ts';
import { type ConnectionSource, checkSource } from './source.ts';

const NAMES: ReadonlySet<string> = new Set(['max', 'min']);

/** A cancelled request that the server does not acknowledge costs its connection after this many milliseconds. */
const CANCEL_TIMEOUT = 1_000;

/**
 * A dialect for `new Kysely({ dialect })`, with a pool that hands out no connection which has died or
 * is in a transaction, without asking the server. Kysely's own `validateConnections` sends a request
 * before each of yours; without it, a connection that died in the pool is handed out again and again.
 *
 * A rollback of what the server has rolled back already (3903) succeeds, so that the error which came
 * first is the one that you see; a rollback that fails otherwise closes the connection.
 *
 * Throws `IDEM_INVALID_OPTIONS`.
 *
 * @param config tedious's configuration, or a function that gives one for each connection
 */
export function createDialect(config: ConnectionSource, size: PoolSize = {}): MssqlDialect {
  checkSource(config, 'first argument of createDialect');
  checkOptionNames(size, NAMES, 'options of createDialect');
  const checked = checkedSize(size);
  const open = connectionMaker(config, { cancelTimeout: CANCEL_TIMEOUT });
  return new CheckedDialect(open, checked);
}

class CheckedDialect extends MssqlDialect {
  readonly #open: () => Promise<tedious.Connection>;
  readonly #size: { readonly max: number; readonly min: number };
  #latest: { readonly pool: CheckedPool; readonly reserve: CheckedDriver } | undefined;

  constructor(
    open: () => Promise<tedious.Connection>,
    size: { readonly max: number; readonly min: number },
  ) {
    super(configOf(checkedPool(open), size));
    this.#open = open;
    this.#size = size;
  }

  override createDriver(): Driver {
    const pool = checkedPool(this.#open);
    const one = checkedPool(this.#open);
    const reserve = new CheckedDriver(one, configOf(one, { max: 1, min: 0 }));
    this.#latest = { pool, reserve };
    return new CheckedDriver(pool, configOf(pool, this.#size), reserve);
  }

  // Kysely's constructor asks for the driver first, and then for what belongs to it.
  override createAdapter(): DialectAdapter {
    const adapter = super.createAdapter();
    if (this.#latest !== undefined) rememberReserve(adapter, this.#latest);
    return adapter;
  }
}

function configOf(
  pool: CheckedPool,
  { max, min }: Pick<TarnPoolOptions<unknown>, 'max' | 'min'>,
): MssqlDialectConfig {
  return {
    validateConnections: false,
    // A failed login is reported at once and not tried again until the acquire times out.
    tarn: { Pool: pool.Pool, options: { min, max, propagateCreateError: true } },
    tedious: { ...tedious, connectionFactory: pool.connect },
  };
}
