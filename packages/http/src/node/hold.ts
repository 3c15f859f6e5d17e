import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Piece, pieceOf } from './chunks.ts';
import { type HeadersBefore, headersBefore, headOf, pairsOf } from './head.ts';
import { type AnswerLimits, HeldAnswer, type Step } from './held-answer.ts';
import { headersSentError, writeAfterEnd } from './originals.ts';
import { PatientSocket } from './patient-socket.ts';
import { seal } from './seal.ts';
import { type Held, showHeld } from './views.ts';

/** Beside what Node documents: where streams, and the library `on-finished`, look whether it is over. */
interface Response extends ServerResponse {
  _closed?: boolean;
  __onFinished?: unknown;
}

const METHODS = [
  'writeHead',
  'write',
  'end',
  'flushHeaders',
  'addTrailers',
  'emit',
  'destroy',
] as const;
const SETTERS = {
  setHeader: 'set',
  setHeaders: 'set',
  appendHeader: 'append',
  removeHeader: 'remove',
} as const;
const REPLACED = [...METHODS, 'setHeader', 'setHeaders', 'appendHeader', 'removeHeader'] as const;
type Originals = Pick<ServerResponse, (typeof REPLACED)[number]>;

/**
 * Stands between a handler and its response until the answer is recorded. The handler sees a response
 * that behaves as ever; what it does is kept in order, and done when the answer is let go. Whoever
 * changed the response before, such as a compressing middleware, sees it then.
 */
export class Hold implements Held {
  readonly answer: HeldAnswer;
  /** What was set before the handler was called. */
  readonly before: HeadersBefore;
  isHolding = true;
  readonly #req: IncomingMessage;
  readonly #res: Response;
  readonly #socket: Socket | null;
  readonly #patient: PatientSocket | undefined;
  readonly #originals: Originals;
  readonly #finishedBefore: unknown;
  /** The connection was closed meanwhile. */
  #hasLeft = false;
  /** The handler destroyed it, once it had answered: that waits until the answer is out. */
  #destroyLater: (() => void) | undefined;

  constructor(
    req: IncomingMessage,
    res: Response,
    limits: AnswerLimits,
    before: HeadersBefore = headersBefore(res),
  ) {
    this.#req = req;
    this.#res = res;
    this.answer = new HeldAnswer(limits);
    this.before = before;
    const { writeHead, write, end, flushHeaders, addTrailers, emit, destroy } = res;
    const { setHeader, setHeaders, appendHeader, removeHeader } = res;
    this.#originals = {
      ...{ writeHead, write, end, flushHeaders, addTrailers, emit, destroy },
      ...{ setHeader, setHeaders, appendHeader, removeHeader },
    };
    this.#socket = res.socket;
    this.#patient =
      res.socket === null
        ? undefined
        : new PatientSocket(res.socket, (destroy) => this.#destroys(destroy));
    this.#finishedBefore = res.__onFinished;
    this.#install();
  }

  get headersSent(): boolean {
    return this.answer.head !== undefined;
  }

  get writableEnded(): boolean {
    return this.answer.isEnded;
  }

  get socket(): Socket | null {
    return this.#patient?.view ?? null;
  }

  /** The answer goes out as the handler gave it, with this header field beside where there is one. */
  letGo(mark?: readonly [name: string, value: string]): void {
    if (!this.isHolding) return;
    const { answer } = this;
    const res = this.#res;
    this.#restore();
    if (answer.head !== undefined) res.statusCode = answer.head.status;
    if (mark !== undefined) res.setHeader(...mark);
    let drained = true;
    for (const step of answer.steps.splice(0)) drained = this.#take(step) && drained;
    this.#tell();
    if (!answer.isEnded && drained) res.emit('drain');
  }

  /** Another answer goes out instead: what the handler did, and whatever it still does, is dropped. */
  supersede(send: (res: ServerResponse) => void): void {
    if (!this.isHolding) return;
    const res = this.#res;
    this.#restore();
    for (const name of res.getHeaderNames()) if (!this.before.has(name)) res.removeHeader(name);
    for (const [name, value] of this.before) if (value !== undefined) res.setHeader(name, value);
    res.statusMessage = '';
    send(res);
    seal(res);
    this.#tell();
  }

  #install(): void {
    const res = this.#res;
    res.writeHead = (...args: unknown[]) => this.#writeHead(args);
    res.write = (...args: unknown[]) => this.#write(pieceOf(args));
    res.end = (...args: unknown[]) => this.#end(pieceOf(args));
    res.flushHeaders = () => this.#flush();
    res.addTrailers = (...args: unknown[]) => this.answer.addTrailers(pairsOf(args[0]), args);
    res.emit = (event: string | symbol, ...args: unknown[]) => this.#emit(event, args);
    res.destroy = (error?: Error) => this.#destroy(error);
    res.__onFinished = undefined;
    if (this.#patient !== undefined) this.#req.socket = this.#patient.view;
    showHeld(res, this);
  }

  #restore(): void {
    const res = this.#res;
    this.isHolding = false;
    Object.assign(res, this.#originals);
    if (this.#socket !== null) this.#req.socket = this.#socket;
    res.finished = false;
    res.__onFinished = this.#finishedBefore ?? res.__onFinished;
    if (!this.#hasLeft) return;
    res.destroyed = true;
    res._closed = true;
  }

  /** Whoever was kept from hearing that the client left hears it now. */
  #tell(): void {
    if (this.#hasLeft) this.#res.emit('close');
    this.#patient?.letGo();
    if (this.#destroyLater === undefined) return;
    if (this.#hasLeft) this.#destroyLater();
    else this.#res.once('finish', this.#destroyLater);
  }

  #take(step: Step): boolean {
    const res = this.#res;
    switch (step.kind) {
      case 'head':
        Reflect.apply(res.writeHead, res, step.args);
        return true;
      case 'flush':
        res.flushHeaders();
        return true;
      case 'trailers':
        Reflect.apply(res.addTrailers, res, step.args);
        return true;
      case 'write':
        return res.write(step.piece.chunk ?? '', step.piece.encoding);
      case 'end': {
        const { chunk, encoding, callback } = step.piece;
        if (chunk === undefined) res.end(callback);
        else res.end(chunk, encoding, callback);
        return true;
      }
    }
  }

  #writeHead(args: readonly unknown[]): Response {
    if (this.headersSent) throw headersSentError('write');
    this.#begin(args, { kind: 'head', args });
    return this.#res;
  }

  #begin(args: readonly unknown[], step?: Step): void {
    if (this.headersSent) return;
    const res = this.#res;
    this.answer.begin(headOf(res, args), step);
    for (const name of Object.keys(SETTERS) as (keyof typeof SETTERS)[]) {
      res[name] = () => {
        throw headersSentError(SETTERS[name]);
      };
    }
  }

  #flush(): void {
    this.#begin([]);
    this.answer.flush();
  }

  #write(piece: Piece): boolean {
    if (this.answer.isEnded) {
      process.nextTick(piece.callback ?? nothing, writeAfterEnd());
      return false;
    }
    this.#begin([]);
    this.answer.write(piece);
    if (piece.callback !== undefined) process.nextTick(piece.callback);
    return !this.answer.isOpen;
  }

  #end(piece: Piece): Response {
    if (this.answer.isEnded) {
      if (piece.callback !== undefined) process.nextTick(piece.callback, writeAfterEnd());
      return this.#res;
    }
    this.#begin([]);
    this.#res.finished = true;
    this.answer.end(piece);
    return this.#res;
  }

  #emit(event: string | symbol, args: readonly unknown[]): boolean {
    if (event !== 'close') return Reflect.apply(this.#originals.emit, this.#res, [event, ...args]);
    this.#hasLeft = true;
    this.#res.destroyed = false;
    this.#res._closed = false;
    return true;
  }

  #destroy(error: Error | undefined): Response {
    const destroy = (): void => void this.#originals.destroy.call(this.#res, error);
    if (!this.#destroys(destroy)) destroy();
    return this.#res;
  }

  /** The handler destroys its connection: true where that waits until the answer is out. */
  #destroys(destroy: () => void): boolean {
    if (!this.isHolding) return false;
    if (this.answer.isEnded) {
      this.#destroyLater = destroy;
      return true;
    }
    this.#restore();
    this.answer.breakOff(new Error('The handler destroyed its connection before it had answered.'));
    this.#tell();
    return false;
  }
}

function nothing(): void {}
