import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

const METHODS = [
  'writeHead',
  'write',
  'end',
  'flushHeaders',
  'addTrailers',
  'emit',
  'destroy',
] as const;

/** What of a response leads elsewhere while it is held. */
export type Methods = Pick<ServerResponse, (typeof METHODS)[number]>;

/** Whoever holds a response back. */
export interface Holder {
  readonly isHolding: boolean;
  readonly res: ServerResponse;
  /** Where its methods lead when nothing is held any more: a middleware inside may still call what it saw. */
  readonly beyond: Methods;
  writeHead(args: readonly unknown[]): ServerResponse;
  write(args: readonly unknown[]): boolean;
  end(args: readonly unknown[]): ServerResponse;
  flush(): void;
  addTrailers(args: readonly unknown[]): void;
  emit(args: readonly unknown[]): boolean;
  destroy(error: unknown): ServerResponse;
}

const HOLDER: unique symbol = Symbol('idem.http.holder');

/** Beside what Node documents: where streams, and the library `on-finished`, look whether it is over. */
export interface Response extends ServerResponse {
  _closed?: boolean;
  /** Once it is there Node refuses to change the head, and says that it is sent. */
  _header?: string | null;
  __onFinished?: unknown;
  [HOLDER]?: Holder;
}

type Method = (this: Response, ...args: unknown[]) => never;

/** The same for every response: made for each, they would cost more than all that they do. */
const STAND_INS: Readonly<Record<keyof Methods, Method>> = {
  writeHead(...args) {
    const holder = holderOf(this);
    return (holder.isHolding ? holder.writeHead(args) : pass(holder, 'writeHead', args)) as never;
  },
  write(...args) {
    const holder = holderOf(this);
    return (holder.isHolding ? holder.write(args) : pass(holder, 'write', args)) as never;
  },
  end(...args) {
    const holder = holderOf(this);
    return (holder.isHolding ? holder.end(args) : pass(holder, 'end', args)) as never;
  },
  flushHeaders(...args) {
    const holder = holderOf(this);
    return (holder.isHolding ? holder.flush() : pass(holder, 'flushHeaders', args)) as never;
  },
  addTrailers(...args) {
    const holder = holderOf(this);
    return (
      holder.isHolding ? holder.addTrailers(args) : pass(holder, 'addTrailers', args)
    ) as never;
  },
  emit(...args) {
    const holder = holderOf(this);
    return (holder.isHolding ? holder.emit(args) : pass(holder, 'emit', args)) as never;
  },
  destroy(...args) {
    const holder = holderOf(this);
    return (holder.isHolding ? holder.destroy(args[0]) : pass(holder, 'destroy', args)) as never;
  },
};

function holderOf(res: Response): Holder {
  const holder = res[HOLDER];
  if (holder === undefined)
    throw new TypeError('A method of a held response was called on another.');
  return holder;
}

function pass(holder: Holder, name: keyof Methods, args: readonly unknown[]): unknown {
  return Reflect.apply(holder.beyond[name], holder.res, args);
}

export function methodsOf(res: ServerResponse): Methods {
  const { writeHead, write, end, flushHeaders, addTrailers, emit, destroy } = res;
  return { writeHead, write, end, flushHeaders, addTrailers, emit, destroy };
}

/** From here what is done to the response is its holder's affair. */
export function install(res: Response, holder: Holder): void {
  res[HOLDER] = holder;
  // One by one, as below: all at once, by name, takes several times as long.
  res.writeHead = STAND_INS.writeHead;
  res.write = STAND_INS.write;
  res.end = STAND_INS.end;
  res.flushHeaders = STAND_INS.flushHeaders;
  res.addTrailers = STAND_INS.addTrailers;
  res.emit = STAND_INS.emit;
  res.destroy = STAND_INS.destroy;
}

export function restore(res: ServerResponse, methods: Methods): void {
  res.writeHead = methods.writeHead;
  res.write = methods.write;
  res.end = methods.end;
  res.flushHeaders = methods.flushHeaders;
  res.addTrailers = methods.addTrailers;
  res.emit = methods.emit;
  res.destroy = methods.destroy;
}

/** The methods that a middleware inside has put in front of those here. */
export function wrappersOf(res: ServerResponse): Partial<Methods> | undefined {
  // Mostly none. One by one, as above.
  if (
    res.writeHead === STAND_INS.writeHead &&
    res.write === STAND_INS.write &&
    res.end === STAND_INS.end &&
    res.flushHeaders === STAND_INS.flushHeaders &&
    res.addTrailers === STAND_INS.addTrailers &&
    res.emit === STAND_INS.emit &&
    res.destroy === STAND_INS.destroy
  ) {
    return undefined;
  }
  let wrappers: Partial<Methods> | undefined;
  for (const name of METHODS) {
    if (res[name] !== STAND_INS[name]) wrappers = { ...wrappers, [name]: res[name] };
  }
  return wrappers;
}

/** A response has a socket when its turn on the connection has come. */
export function setSocket(res: { socket: Socket | null }, socket: Socket | null): void {
  res.socket = socket;
}

/** As Node throws it. */
export function headersSentError(what: string): Error {
  const message = `Cannot ${what} headers after they are sent to the client`;
  return Object.assign(new Error(message), { code: 'ERR_HTTP_HEADERS_SENT' });
}

export function writeAfterEnd(): Error {
  return Object.assign(new Error('write after end'), { code: 'ERR_STREAM_WRITE_AFTER_END' });
}
