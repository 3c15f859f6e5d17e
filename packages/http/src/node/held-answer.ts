import type { AnswerHead, Captured, HeaderField, OpenReason } from '../answer/answer.ts';
import { isOpenEnded } from '../answer/open-ended.ts';
import { bytesOf, type Piece, sizeOf } from './chunks.ts';

export interface AnswerLimits {
  readonly maxBytes: number;
  /** Milliseconds after the first byte. */
  readonly streamAfter: number;
}

/** Who is told as soon as something can be recorded, or that the handler breaks the answer off. */
export interface CaptureSink {
  captured(captured: Captured): void;
  broke(error: unknown): void;
}

/** What the handler did to the response, to be done again when the answer is let go. */
export type Step =
  | { readonly kind: 'head'; readonly args: readonly unknown[] }
  | { readonly kind: 'flush' }
  | { readonly kind: 'trailers'; readonly args: readonly unknown[] }
  | { readonly kind: 'write' | 'end'; readonly piece: Piece };

/** The answer of one execution while it is held back: what was said so far, and what can be recorded of it. */
export class HeldAnswer {
  head: AnswerHead | undefined;
  isEnded = false;
  readonly #sink: CaptureSink;
  readonly #before: ReadonlyMap<string, unknown>;
  readonly #limits: AnswerLimits;
  #steps: Step[] = [];
  #pieces: Piece[] = [];
  #size = 0;
  #trailers: readonly HeaderField[] | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isSettled = false;

  constructor(limits: AnswerLimits, sink: CaptureSink, before: ReadonlyMap<string, unknown>) {
    this.#limits = limits;
    this.#sink = sink;
    this.#before = before;
  }

  /** Nothing more is kept of it: the handler is slowed down until it is let go. */
  get isOpen(): boolean {
    return this.#isSettled && !this.isEnded;
  }

  /** What is to be done now; what the handler does from here is done by itself. */
  takeSteps(): readonly Step[] {
    const steps = this.#steps;
    this.#steps = [];
    return steps;
  }

  begin(head: AnswerHead, step?: Step): void {
    this.head ??= head;
    if (step !== undefined) this.#steps.push(step);
  }

  /** The head is to reach the client before the body is there. */
  flush(): void {
    this.#steps.push({ kind: 'flush' });
    this.#goesOn();
  }

  write(piece: Piece): void {
    this.#steps.push({ kind: 'write', piece });
    this.#add(piece);
    this.#goesOn();
  }

  addTrailers(fields: readonly HeaderField[], args: readonly unknown[]): void {
    this.#steps.push({ kind: 'trailers', args });
    this.#trailers = fields;
  }

  end(piece: Piece): void {
    this.#steps.push({ kind: 'end', piece });
    this.isEnded = true;
    this.#add(piece);
    const { head } = this;
    if (this.#isSettled || head === undefined) return;
    const body = bodyOf(this.#pieces);
    const before = this.#before;
    const trailers = this.#trailers;
    this.#done(
      trailers === undefined
        ? { kind: 'whole', head, body, before }
        : { kind: 'whole', head, body, before, trailers },
    );
  }

  /** The handler gave the answer up. */
  breakOff(error: unknown): void {
    if (this.#isSettled) return;
    this.#settle();
    this.#sink.broke(error);
  }

  #add(piece: Piece): void {
    if (this.#isSettled || piece.chunk === undefined) return;
    this.#pieces.push(piece);
    this.#size += sizeOf(piece);
    if (this.#size > this.#limits.maxBytes) this.#open('too-large');
  }

  #goesOn(): void {
    if (this.#isSettled || this.head === undefined) return;
    if (isOpenEnded(this.head)) this.#open('open-ended');
    else
      this.#timer ??= setTimeout(() => this.#open('open-ended'), this.#limits.streamAfter).unref();
  }

  #open(reason: OpenReason): void {
    if (this.head !== undefined) this.#done({ kind: 'open', head: this.head, reason });
  }

  #done(captured: Captured): void {
    if (this.#isSettled) return;
    this.#settle();
    this.#sink.captured(captured);
  }

  #settle(): void {
    this.#isSettled = true;
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#pieces = [];
  }
}

/** One text stays text: most answers are that, and it is what is recorded. */
function bodyOf(pieces: readonly Piece[]): string | Uint8Array {
  const [first] = pieces;
  if (first === undefined) return '';
  if (pieces.length > 1) return Buffer.concat(pieces.map(bytesOf));
  return typeof first.chunk === 'string' && first.encoding === 'utf8'
    ? first.chunk
    : bytesOf(first);
}
