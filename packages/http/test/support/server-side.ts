import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** A request as Node's server has it, whatever framework stands on it. */
export interface ServerSide {
  readonly request: IncomingMessage;
  /** Resolves when the server knows that its connection has ended. */
  readonly left: Promise<void>;
}

/** The next request that the server on this port is sent. Resolves when its head has come. */
export function nextRequestOn(port: number): Promise<ServerSide> {
  return new Promise((resolve) => {
    const note = (message: unknown): void => {
      const { request, response } = message as Started;
      if (request.socket.localPort !== port) return;
      unsubscribe(STARTED, note);
      // A turn later, so that all who listen have heard it.
      const left = new Promise<void>((gone) => {
        request.socket.once('close', () => setImmediate(gone));
        response.once('close', () => setImmediate(gone));
      });
      resolve({ request, left });
    };
    subscribe(STARTED, note);
  });
}

const STARTED = 'http.server.request.start';

interface Started {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}
