import type { TarnPool, TarnPoolOptions } from 'kysely';
import * as tarn from 'tarn';
import type { Connection } from 'tedious';
import { LoginErrors } from './login-errors.ts';
import { rememberTedious, tediousOf } from './tedious-of.ts';

/** What Kysely's driver is given in place of tarn's pool and tedious's connection. */
export interface CheckedPool {
  readonly Pool: typeof TarnPool;
  readonly connect: () => Connection;
  /** True when whoever asks for a connection now has to wait for another to give one back. */
  exhausted(): boolean;
  /**
   * A connection that waits in the pool, at once. tarn's own way takes two timers and a dozen promises,
   * as much as sending the request. Undefined where tarn has to do more than that.
   *
   * @param known its driver's own type for what it knows already
   */
  take<C>(known: (resource: object) => C | undefined): C | undefined;
}

/**
 * A pool that hands out no connection which has died, is busy or is in a transaction, without asking
 * the server.
 */
export function checkedPool(open: () => Promise<Connection>): CheckedPool {
  let next: Connection | undefined;
  let exhausted = (): boolean => false;
  let take: CheckedPool['take'] = () => undefined;
  const connect = (): Connection => {
    if (next === undefined) throw new Error('no connection was prepared');
    return next;
  };
  class Pool<R> extends tarn.Pool<R> {
    constructor(options: TarnPoolOptions<R>) {
      const create = async (): Promise<R> => {
        const connection = await open();
        const errors = new LoginErrors(connection);
        // Kysely's `create` calls `connect` before it first waits, so no other call is between.
        next = connection;
        try {
          const resource: R = await options.create(() => {});
          if (isObject(resource)) rememberTedious(resource, connection);
          return resource;
        } catch (error) {
          throw errors.numbered(error);
        } finally {
          errors.stop();
        }
      };
      const validate = (resource: R): boolean => {
        const connection = isObject(resource) ? tediousOf(resource) : undefined;
        return connection?.closed === false && !connection.inTransaction;
      };
      super({ ...options, create, validate });
      exhausted = () => this.free.length === 0 && this.used.length >= options.max;
      take = (known) => {
        const waiting = this.free.at(-1);
        // Who asked before goes first, and what is not fit to be handed out is tarn's to end.
        if (waiting === undefined || this.pendingAcquires.length > 0 || this.destroyed) return;
        const { resource } = waiting;
        const connection = isObject(resource) && validate(resource) ? known(resource) : undefined;
        if (connection !== undefined) {
          this.free.pop();
          this.used.push(waiting);
        }
        return connection;
      };
    }
  }
  return {
    Pool,
    connect,
    exhausted: () => exhausted(),
    take: (known) => take(known),
  };
}

function isObject(resource: unknown): resource is object {
  return typeof resource === 'object' && resource !== null;
}
