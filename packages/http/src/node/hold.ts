import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { checkChunk, pieceOf } from './chunks.ts';
import { checkHead, type HeadersBefore, headersBefore, headOf, pairsOf } from './head.ts';
import { type AnswerLimits, HeldAnswer } from './held-answer.ts';
import { headersSentError, writeAfterEnd } from './originals.ts';
import { PatientRequest } from './patient-request.ts';
import { PatientSocket } from './patient-socket.ts';
import { seal } from './seal.ts';
import { take } from './take.ts';
import { type Held, showHeld } from './views.ts';

/** Beside what Node documents: where streams, and the library `on-finished`, look whether it is over. */
interface Response extends ServerResponse {
  _closed?: boolean;
  _header?: string | null;
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
  readonly #request: PatientRequest;
  readonly #originals: Originals;
  /** What stands on the response while it is held, unless a middleware inside has wrapped it. */
  readonly #held: Pick<Originals, (typeof METHODS)[number]>;
  /** Where that leads when nothing is held any more: a middleware inside may still call it. */
  #beyond: Originals;
  readonly #finishedBefore: unknown;
  /** The connection was closed meanwhile, or before. */
  #hasLeft: boolean;
  /** Who had heard of that before it was held. */
  readonly #toldBefore: ReadonlySet<unknown>;
  /** The head is one that Node makes by itself when the body begins. */
  #isImplicit = false;
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
    this.#originals = this.#beyond = {
      ...{ writeHead, write, end, flushHeaders, addTrailers, emit, destroy },
      ...{ setHeader, setHeaders, appendHeader, removeHeader },
    };
    this.#socket = res.socket;
    this.#patient =
      res.socket === null
        ? undefined
        : new PatientSocket(res.socket, (destroy) => this.#destroys(destroy));
    this.#request = new PatientRequest(req);
    this.#finishedBefore = res.__onFinished;
    this.#hasLeft = res.destroyed;
    this.#toldBefore = new Set(this.#hasLeft ? res.rawListeners('close') : []);
    this.#held = this.#makeHeld();
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
    const wrapped = METHODS.filter((name) => res[name] !== this.#held[name]);
    const wrappers = Object.fromEntries(wrapped.map((name) => [name, res[name]]));
    this.#restore();
    if (answer.head !== undefined) res.statusCode = answer.head.status;
    if (mark !== undefined) res.setHeader(...mark);
    let drained = true;
    for (const step of answer.steps.splice(0)) drained = take(res, step) && drained;
    // What a middleware inside has wrapped stays so: it goes on doing what it does to the answer.
    Object.assign(res, wrappers);
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
    const { writeHead, write, end, flushHeaders, addTrailers } = res;
    this.#beyond = { ...this.#beyond, writeHead, write, end, flushHeaders, addTrailers };
    this.#tell();
  }

  #makeHeld(): Pick<Originals, (typeof METHODS)[number]> {
    const passOr =
      (name: keyof Originals, held: (args: unknown[]) => unknown) =>
      (...args: unknown[]): never =>
        (this.isHolding ? held(args) : Reflect.apply(this.#beyond[name], this.#res, args)) as never;
    return {
      writeHead: passOr('writeHead', (args) => this.#writeHead(args)),
      write: passOr('write', (args) => this.#write(args)),
      end: passOr('end', (args) => this.#end(args)),
      flushHeaders: passOr('flushHeaders', () => this.#flush()),
      addTrailers: passOr('addTrailers', (args) => this.answer.addTrailers(pairsOf(args[0]), args)),
      emit: passOr('emit', ([event, ...args]) => this.#emit(event, args)),
      destroy: passOr('destroy', ([error]) => this.#destroy(error)),
    };
  }

  #install(): void {
    const res = this.#res;
    Object.assign(res, this.#held);
    res.destroyed = false;
    res._closed = false;
    res.__onFinished = undefined;
    if (this.#patient !== undefined) this.#req.socket = this.#patient.view;
    showHeld(res, this);
  }

  #restore(): void {
    const res = this.#res;
    this.isHolding = false;
    Object.assign(res, this.#originals);
    res._header = null;
    if (this.#socket !== null) this.#req.socket = this.#socket;
    res.finished = false;
    res.__onFinished = this.#finishedBefore ?? res.__onFinished;
    if (!this.#hasLeft) return;
    res.destroyed = true;
    res._closed = true;
  }

  /** Whoever was kept from hearing that the client left hears it now. */
  #tell(): void {
    if (this.#hasLeft) {
      for (const listener of this.#res.rawListeners('close')) {
        if (!this.#toldBefore.has(listener)) Reflect.apply(listener, this.#res, []);
      }
    }
    this.#patient?.letGo();
    this.#request.letGo();
    if (this.#destroyLater === undefined) return;
    if (this.#hasLeft) this.#destroyLater();
    else this.#res.once('finish', this.#destroyLater);
  }

  #writeHead(args: readonly unknown[]): Response {
    if (this.headersSent) throw headersSentError('write');
    const res = this.#res;
    const head = headOf(res, args);
    checkHead(head);
    const isLeftToNode = this.#isImplicit && args.length === 1;
    this.answer.begin(head, isLeftToNode ? undefined : { kind: 'head', args });
    // Libraries look there too.
    res._header = 'held';
    return this.#refuseHeaders(res);
  }

  /** As Node begins it: by `writeHead`, which a middleware inside may have replaced. */
  #begin(): void {
    if (this.headersSent) return;
    this.#isImplicit = true;
    try {
      this.#res.writeHead(this.#res.statusCode);
      // What was put there may do nothing.
      if (!this.headersSent) this.#writeHead([this.#res.statusCode]);
    } finally {
      this.#isImplicit = false;
    }
  }

  #refuseHeaders(res: Response): Response {
    for (const name of Object.keys(SETTERS) as (keyof typeof SETTERS)[]) {
      res[name] = () => {
        throw headersSentError(SETTERS[name]);
      };
    }
    return res;
  }

  #flush(): void {
    this.#begin();
    this.answer.flush();
  }

  #write(args: readonly unknown[]): boolean {
    checkChunk(args[0]);
    const piece = pieceOf(args);
    if (this.answer.isEnded) {
      process.nextTick(piece.callback ?? nothing, writeAfterEnd());
      return false;
    }
    this.#begin();
    this.answer.write(piece);
    if (piece.callback !== undefined) process.nextTick(piece.callback);
    return !this.answer.isOpen;
  }

  #end(args: readonly unknown[]): Response {
    const [chunk] = args;
    // Node minds what is there only.
    if (chunk && typeof chunk !== 'function') checkChunk(chunk);
    const piece = pieceOf(args);
    if (this.answer.isEnded) {
      if (piece.callback !== undefined) process.nextTick(piece.callback, writeAfterEnd());
      return this.#res;
    }
    this.#begin();
    this.#res.finished = true;
    this.answer.end(piece);
    return this.#res;
  }

  #emit(event: unknown, args: readonly unknown[]): boolean {
    if (event !== 'close') return Reflect.apply(this.#originals.emit, this.#res, [event, ...args]);
    this.#hasLeft = true;
    this.#res.destroyed = false;
    this.#res._closed = false;
    return true;
  }

  #destroy(error: unknown): Response {
    const destroy = (): void => void Reflect.apply(this.#originals.destroy, this.#res, [error]);
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
