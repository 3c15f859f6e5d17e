import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { MessageReader, PACKET, packet } from './packets.ts';

/** In PEM. */
export interface Identity {
  readonly key: string;
  readonly cert: string;
}

/** TLS over TDS: the handshake travels in PRELOGIN messages, what follows does not. */
export function secured(socket: Socket, identity: Identity): Duplex {
  const reader = new MessageReader();
  let handshaking = true;
  const wrapped = new Duplex({
    read: () => {},
    write: (chunk: Buffer, _encoding, callback) => {
      socket.write(handshaking ? packet(PACKET.prelogin, chunk) : chunk, () => callback());
    },
    destroy: (_error, callback) => {
      socket.destroy();
      callback(null);
    },
  });
  socket.on('data', (chunk: Buffer) => {
    if (!handshaking) return wrapped.push(chunk);
    for (const { data } of reader.read(chunk)) wrapped.push(data);
    return true;
  });
  socket.on('close', () => wrapped.push(null));
  const secure = new TLSSocket(wrapped, { isServer: true, ...identity });
  secure.on('secure', () => {
    // What the server says last in the handshake goes out first.
    setImmediate(() => {
      handshaking = false;
    });
  });
  secure.on('error', () => {});
  return secure;
}
