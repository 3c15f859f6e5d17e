import { LoginErrors, type LoginSource } from '../connection/login-errors.ts';
import { serverErrors } from '../faults/server-errors.ts';

/** A connection of tedious, as `mssql` hands it to `beforeConnect`. */
interface NewConnection extends LoginSource {
  prependOnceListener(event: 'connect', listener: (error?: unknown) => void): unknown;
}

type BeforeConnect = (connection: NewConnection) => unknown;

const watched = new WeakSet<object>();

/**
 * From now on the connections that a pool of `mssql` opens tell why a login was refused, and leave the
 * pool when another may do where they do not (the server is not the primary any more, or somebody gave
 * them back with a transaction open). By its option `beforeConnect`; what is there is called as before.
 */
export function watchConnections(pool: object): void {
  const config: unknown = Reflect.get(pool, 'config');
  if (typeof config !== 'object' || config === null || watched.has(config)) return;
  watched.add(config);
  const before: unknown = Reflect.get(config, 'beforeConnect');
  const watch: BeforeConnect = (connection) => {
    keepNumbers(connection);
    connection.on('errorMessage', ({ number }) => {
      // What mssql itself looks at before it hands a connection out.
      if (serverErrors.get(number)?.elsewhere === true) Reflect.set(connection, 'hasError', true);
    });
    if (typeof before === 'function') Reflect.apply(before, config, [connection]);
  };
  Reflect.set(config, 'beforeConnect', watch);
}

/** Before mssql hears of it, which makes an error of its own around this one. */
function keepNumbers(connection: NewConnection): void {
  const errors = new LoginErrors(connection);
  connection.prependOnceListener('connect', (error) => {
    errors.numbered(error);
    errors.stop();
  });
}
