import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { headersSentOf, setSocketOf, socketOf, writableEndedOf } from './originals.ts';

/** What a held response says of itself. */
export interface Held {
  readonly isHolding: boolean;
  readonly headersSent: boolean;
  readonly writableEnded: boolean;
  readonly socket: Socket | null;
}

const HELD: unique symbol = Symbol('idem.http.held');

interface Response extends ServerResponse {
  [HELD]?: Held;
}

function heldOf(res: Response): Held | undefined {
  const held = res[HELD];
  return held?.isHolding === true ? held : undefined;
}

type View = 'headersSent' | 'writableEnded' | 'socket';

/** The same three for every response: shared, because making them each time would cost more than the rest. */
const VIEWS: Readonly<Record<View, PropertyDescriptor>> & ThisType<Response> = {
  headersSent: {
    configurable: true,
    get() {
      return heldOf(this)?.headersSent ?? headersSentOf(this);
    },
  },
  writableEnded: {
    configurable: true,
    get() {
      return heldOf(this)?.writableEnded ?? writableEndedOf(this);
    },
  },
  socket: {
    configurable: true,
    get() {
      return heldOf(this)?.socket ?? socketOf(this);
    },
    set(socket: Socket | null) {
      setSocketOf(this, socket);
    },
  },
};

/** From here, while it is held, the response says what the handler did to it. */
export function showHeld(res: Response, held: Held): void {
  res[HELD] = held;
  // One by one: all at once takes more than twice as long.
  Object.defineProperty(res, 'headersSent', VIEWS.headersSent);
  Object.defineProperty(res, 'writableEnded', VIEWS.writableEnded);
  Object.defineProperty(res, 'socket', VIEWS.socket);
}
