import type { Connection } from 'tedious';

const connections = new WeakMap<object, Connection>();

/** Kysely hides the driver's connection, so it is remembered here which of its own belongs to which. */
export function rememberTedious(resource: object, connection: Connection): void {
  connections.set(resource, connection);
}

/** tedious's connection in what Kysely's driver made of it, where a checked pool opened it. */
export function tediousOf(resource: object): Connection | undefined {
  return connections.get(resource);
}
