import { OutgoingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

const { prototype } = OutgoingMessage;
const headersSent = Object.getOwnPropertyDescriptor(prototype, 'headersSent')?.get;
const writableEnded = Object.getOwnPropertyDescriptor(prototype, 'writableEnded')?.get;
const socket = Object.getOwnPropertyDescriptor(prototype, 'socket');

/** What Node itself says of a response, whatever stands in front of it. */
export function headersSentOf(res: ServerResponse): boolean {
  return headersSent !== undefined && Reflect.apply(headersSent, res, []) === true;
}

export function writableEndedOf(res: ServerResponse): boolean {
  return writableEnded !== undefined && Reflect.apply(writableEnded, res, []) === true;
}

export function socketOf(res: ServerResponse): unknown {
  return socket?.get === undefined ? undefined : Reflect.apply(socket.get, res, []);
}

export function setSocketOf(res: ServerResponse, given: Socket | null): void {
  if (socket?.set !== undefined) Reflect.apply(socket.set, res, [given]);
}

/** As Node throws it. */
export function headersSentError(what: string): Error {
  const message = `Cannot ${what} headers after they are sent to the client`;
  return Object.assign(new Error(message), { code: 'ERR_HTTP_HEADERS_SENT' });
}

export function writeAfterEnd(): Error {
  return Object.assign(new Error('write after end'), { code: 'ERR_STREAM_WRITE_AFTER_END' });
}
