import { connect } from 'node:net';
import type { PgClient } from './pg-client.ts';

/** PostgreSQL, "Message Formats": CancelRequest. */
const CANCEL_REQUEST = 80_877_102;

/**
 * Asks the server to cancel what this client waits for, on a connection of its own, as libpq does.
 * Nobody waits for it, and nothing comes of it where it fails: only for a client that is closed then,
 * because whatever it ran by the time the request arrives would be cancelled.
 */
export function cancelOn(client: PgClient): void {
  const [host, port] = [Reflect.get(client, 'host'), Number(Reflect.get(client, 'port'))];
  const [process, secret] = [Reflect.get(client, 'processID'), Reflect.get(client, 'secretKey')];
  if (typeof host !== 'string' || typeof process !== 'number' || typeof secret !== 'number') return;
  const request = Buffer.alloc(16);
  // Read as signed or not, by the version of pg.
  for (const [i, part] of [16, CANCEL_REQUEST, process, secret].entries()) {
    request.writeUInt32BE(part >>> 0, i * 4);
  }
  const place = host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
  const socket = connect(place, () => socket.end(request));
  socket.on('error', () => {});
  socket.unref();
}
