import { EventEmitter } from 'node:events';
import { isPgPool, type PgPool } from './pg-client.ts';

/** Milliseconds after which a connection that nobody needed again is closed. */
const IDLE = 10_000;
/** Milliseconds until a server that accepts a connection must have answered, where the pool has no such limit. */
const CONNECTING = 10_000;

interface OwnPool extends PgPool {
  on(event: 'error' | 'connect' | 'remove', listener: (client: unknown) => void): unknown;
  end(): Promise<void>;
}

/**
 * One connection beside a pool of `pg`, opened when something urgent finds all of the pool's in use:
 * handlers that hold them in transactions would otherwise lose their leases, because the renewals wait
 * for the connections that they hold.
 */
export class PgReserve {
  readonly #pool: PgPool;
  #reserve: OwnPool | undefined;
  readonly #underWay = new Set<Promise<unknown>>();
  #closed = false;

  constructor(pool: PgPool) {
    this.#pool = pool;
  }

  /** Where to ask for a connection now in place of the pool. */
  instead(): PgPool | undefined {
    if (this.#closed || !isExhausted(this.#pool)) return undefined;
    this.#reserve ??= poolOfOne(this.#pool);
    return this.#reserve;
  }

  /** What was sent in place of the pool. */
  sending(sent: Promise<unknown>): void {
    const over: Promise<void> = sent.then(ignore, ignore).then(() => {
      this.#underWay.delete(over);
    });
    this.#underWay.add(over);
  }

  /** A pool that was ended serves its queue no more, so what is under way comes first. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#underWay);
    // Nobody waits for it: a connection that a silent server has not answered yet ends by its limit.
    this.#reserve?.end().catch(ignore);
  }
}

function ignore(): void {}

/** Whoever asks now has to wait until somebody gives a connection back. */
function isExhausted(pool: PgPool): boolean {
  const options = optionsOf(pool);
  if (options === undefined) return false;
  return pool.idleCount === 0 && pool.totalCount >= Number(Reflect.get(options, 'max'));
}

/**
 * With the address and the credentials of the pool, and with what its user does to each connection that
 * it opens (`pool.on('connect', …)`: SET ROLE, a search_path). Undefined where the pool does not tell them.
 */
function poolOfOne(pool: PgPool): OwnPool | undefined {
  const options = optionsOf(pool);
  const Pool = classOf(pool);
  if (options === undefined || Pool === undefined || !(pool instanceof EventEmitter))
    return undefined;
  // The pool hides it from whoever enumerates its options, as a spread does.
  const password: unknown = Reflect.get(options, 'password');
  const config = {
    ...options,
    ...(password === undefined ? {} : { password }),
    ...{ Client: Reflect.get(pool, 'Client'), max: 1, min: 0 },
    ...{ idleTimeoutMillis: IDLE, allowExitOnIdle: true, keepAlive: true },
    connectionTimeoutMillis: Number(Reflect.get(options, 'connectionTimeoutMillis')) || CONNECTING,
  };
  const own: unknown = Reflect.construct(Pool, [config]);
  if (!isOwnPool(own)) return undefined;
  // A client that loses its connection while it is idle is no news.
  own.on('error', ignore);
  for (const event of ['connect', 'remove'] as const) {
    own.on(event, (client) => pool.emit(event, client));
  }
  return own;
}

/**
 * The class of `pg-pool` itself: the constructor of one that an application derived from it takes
 * whatever that application wants, and may connect to somewhere else.
 */
function classOf(pool: object): ((...options: never) => unknown) | undefined {
  let found = pool;
  for (;;) {
    const above: unknown = Object.getPrototypeOf(found);
    if (typeof above !== 'object' || above === null) return undefined;
    if (above === EventEmitter.prototype) break;
    found = above;
  }
  const made: unknown = Reflect.get(found, 'constructor');
  return isFunction(made) ? made : undefined;
}

function isFunction(made: unknown): made is (...options: never) => unknown {
  return typeof made === 'function';
}

function optionsOf(pool: PgPool): object | undefined {
  const options: unknown = Reflect.get(pool, 'options');
  return typeof options === 'object' && options !== null ? options : undefined;
}

function isOwnPool(pool: unknown): pool is OwnPool {
  return isPgPool(pool) && 'end' in pool && 'on' in pool;
}
