import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { checkChunk, pieceOf } from './chunks.ts';
import {
  checkHead,
  checkTrailers,
  copyOf,
  type HeadersBefore,
  headersBefore,
  headOf,
  pairsOf,
  rehearse,
} from './head.ts';
import { type AnswerLimits, type CaptureSink, HeldAnswer } from './held-answer.ts';
import { PatientRequest } from './patient-request.ts';
import { PatientSocket } from './patient-socket.ts';
import { seal } from './seal.ts';
import {
  type Holder,
  headersSentError,
  install,
  type Methods,
  methodsOf,
  type Response,
  restore,
  setSocket,
  wrappersOf,
  writeAfterEnd,
} from './stand-ins.ts';
import { take } from './take.ts';

/**
 * Stands between a handler and its response until the answer is recorded. The handler sees a response
 * that behaves as ever; what it does is kept in order, and done when the answer is let go. Whoever
 * changed the response before, such as a compressing middleware, sees it then.
 */
export class Hold implements Holder {
  readonly answer: HeldAnswer;
  /** What was set before the handler was called. */
  readonly before: HeadersBefore;
  readonly res: Response;
  isHolding = true;
  beyond: Methods;
  readonly #req: IncomingMessage;
  readonly #socket: Socket | null;
  readonly #patient: PatientSocket | undefined;
  readonly #request: PatientRequest;
  readonly #originals: Methods;
  readonly #finishedBefore: unknown;
  /** The connection was closed meanwhile, or before. */
  #hasLeft: boolean;
  /** Who had heard of that before it was held. */
  readonly #toldBefore: readonly unknown[];
  /** The head is one that Node makes by itself when the body begins. */
  #isImplicit = false;
  /** The handler destroyed it, once it had answered: that waits until the answer is out. */
  #destroyLater: (() => void) | undefined;

  constructor(
    req: IncomingMessage,
    res: Response,
    limits: AnswerLimits,
    sink: CaptureSink,
    before: HeadersBefore = headersBefore(res),
  ) {
    this.#req = req;
    this.res = res;
    this.answer = new HeldAnswer(limits, sink, before);
    this.before = before;
    this.#originals = this.beyond = methodsOf(res);
    this.#socket = res.socket;
    this.#patient = res.socket === null ? undefined : new PatientSocket(res.socket, this);
    this.#request = new PatientRequest(req);
    this.#finishedBefore = res.__onFinished;
    this.#hasLeft = res.destroyed;
    this.#toldBefore = this.#hasLeft ? res.rawListeners('close') : NOBODY;
    this.#install();
  }

  get headersSent(): boolean {
    return this.answer.head !== undefined;
  }

  /** The answer goes out as the handler gave it, with this header field beside where there is one. */
  letGo(mark?: readonly [name: string, value: string]): void {
    if (!this.isHolding) return;
    const { answer, res } = this;
    const wrappers = wrappersOf(res);
    this.#restore();
    if (answer.head !== undefined) {
      res.statusCode = answer.head.status;
      // Without one Node chooses it.
      res.statusMessage = answer.head.statusText ?? '';
    }
    if (mark !== undefined) res.setHeader(...mark);
    let drained = true;
    for (const step of answer.takeSteps()) drained = take(res, step) && drained;
    // What a middleware inside has wrapped stays so: it goes on doing what it does to the answer.
    if (wrappers !== undefined) Object.assign(res, wrappers);
    this.#tell();
    if (!answer.isEnded && drained) res.emit('drain');
  }

  /** Another answer goes out instead: what the handler did, and whatever it still does, is dropped. */
  supersede(send: (res: ServerResponse) => void): void {
    if (!this.isHolding) return;
    const { res } = this;
    this.#restore();
    for (const name of res.getHeaderNames()) if (!this.before.has(name)) res.removeHeader(name);
    for (const [name, value] of this.before) if (value !== undefined) res.setHeader(name, value);
    res.statusMessage = '';
    send(res);
    seal(res);
    const { writeHead, write, end, flushHeaders, addTrailers } = res;
    this.beyond = { ...this.beyond, writeHead, write, end, flushHeaders, addTrailers };
    this.#tell();
  }

  #install(): void {
    const { res } = this;
    install(res, this);
    res.destroyed = false;
    res._closed = false;
    res.__onFinished = undefined;
    if (this.#patient === undefined) return;
    setSocket(res, this.#patient.view);
    this.#req.socket = this.#patient.view;
  }

  #restore(): void {
    const { res } = this;
    this.isHolding = false;
    restore(res, this.#originals);
    res._header = null;
    if (this.#patient !== undefined) {
      if (res.socket === this.#patient.view) setSocket(res, this.#socket);
      if (this.#socket !== null) this.#req.socket = this.#socket;
    }
    res.finished = false;
    res.__onFinished = this.#finishedBefore ?? res.__onFinished;
    if (!this.#hasLeft) return;
    res.destroyed = true;
    res._closed = true;
  }

  /** Whoever was kept from hearing that the client left hears it now. */
  #tell(): void {
    const { res } = this;
    if (this.#hasLeft) {
      for (const listener of res.rawListeners('close')) {
        if (!this.#toldBefore.includes(listener)) Reflect.apply(listener, res, []);
      }
    }
    this.#patient?.letGo(res);
    this.#request.letGo();
    if (this.#destroyLater === undefined) return;
    if (this.#hasLeft) this.#destroyLater();
    else res.once('finish', this.#destroyLater);
  }

  writeHead(args: readonly unknown[]): Response {
    if (this.headersSent) throw headersSentError('write');
    const { res } = this;
    const head = headOf(res, args);
    checkHead(head);
    rehearse(res, args, head);
    const isLeftToNode = this.#isImplicit && args.length === 1;
    this.answer.begin(head, isLeftToNode ? undefined : { kind: 'head', args: copyOf(args) });
    // From here Node itself refuses to change the head.
    res._header = 'held';
    return res;
  }

  /** As Node begins it: by `writeHead`, which a middleware inside may have replaced. */
  #begin(): void {
    if (this.headersSent) return;
    this.#isImplicit = true;
    try {
      this.res.writeHead(this.res.statusCode);
      // What was put there may do nothing.
      if (!this.headersSent) this.writeHead([this.res.statusCode]);
    } finally {
      this.#isImplicit = false;
    }
  }

  flush(): void {
    this.#begin();
    this.answer.flush();
  }

  addTrailers(args: readonly unknown[]): void {
    const fields = pairsOf(args[0]);
    checkTrailers(fields);
    this.answer.addTrailers(fields, copyOf(args));
  }

  write(args: readonly unknown[]): boolean {
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

  end(args: readonly unknown[]): Response {
    const chunk = args[0];
    // Node minds what is there only.
    if (chunk && typeof chunk !== 'function') checkChunk(chunk);
    const piece = pieceOf(args);
    if (this.answer.isEnded) {
      if (piece.callback !== undefined) process.nextTick(piece.callback, writeAfterEnd());
      return this.res;
    }
    this.#begin();
    this.res.finished = true;
    this.answer.end(piece);
    return this.res;
  }

  emit(args: readonly unknown[]): boolean {
    const { res } = this;
    if (args[0] !== 'close') return Reflect.apply(this.#originals.emit, res, args);
    this.#hasLeft = true;
    res.destroyed = false;
    res._closed = false;
    return true;
  }

  destroy(error: unknown): Response {
    const destroy = (): void => void Reflect.apply(this.#originals.destroy, this.res, [error]);
    if (!this.postpones(destroy)) destroy();
    return this.res;
  }

  /** The handler destroys its connection: true where that waits until the answer is out. */
  postpones(destroy: () => void): boolean {
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

const NOBODY: readonly unknown[] = [];

function nothing(): void {}
