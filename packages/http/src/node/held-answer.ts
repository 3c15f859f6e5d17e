import type { AnswerHead, Captured, HeaderField, OpenReason } from '../answer/answer.ts';
import { isOpenEnded } from '../answer/open-ended.ts';
import { bytesOf, type Piece } from './chunks.ts';

export interface AnswerLimits {
  readonly maxBytes: number;
  /** Milliseconds after the first byte. */
  readonly streamAfter: number;
}

/** What the handler did to the response, to be done again when the answer is let go. */
export type Step =
  | { readonly kind: 'head'; readonly args: readonly unknown[] }
  | { readonly kind: 'flush' }
  | { readonly kind: 'trailers'; readonly args: readonly unknown[] }
  | { readonly kind: 'write' | 'end'; readonly piece: Piece };

/** The answer of one execution while it is held back: what was said so far, and what can be recorded of it. */
export class HeldAnswer {
  readonly steps: Step[] = [];
  /** Settles as soon as something can be recorded; rejects when the handler breaks the answer off. */
  readonly captured: Promise<Captured>;
  head: AnswerHead | undefined;
  isEnded = false;
  #settle: (captured: Captured) => void = () => {};
  #break: (error: unknown) => void = () => {};
  readonly #limits: AnswerLimits;
  readonly #chunks: Uint8Array[] = [];
  #size = 0;
  #trailers: readonly HeaderField[] | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isSettled = false;

  constructor(limits: AnswerLimits) {
    this.#limits = limits;
    this.captured = new Promise((resolve, reject) => {
      this.#settle = resolve;
      this.#break = reject;
    });
  }

  /** Nothing more is kept of it: the handler is slowed down until it is let go. */
  get isOpen(): boolean {
    return this.#isSettled && !this.isEnded;
  }

  begin(head: AnswerHead, step?: Step): void {
    this.head ??= head;
    if (step !== undefined) this.steps.push(step);
  }

  /** The head is to reach the client before the body is there. */
  flush(): void {
    this.steps.push({ kind: 'flush' });
    this.#goesOn();
  }

  write(piece: Piece): void {
    this.steps.push({ kind: 'write', piece });
    this.#add(piece);
    this.#goesOn();
  }

  addTrailers(fields: readonly HeaderField[], args: readonly unknown[]): void {
    this.steps.push({ kind: 'trailers', args });
    this.#trailers = fields;
  }

  end(piece: Piece): void {
    this.steps.push({ kind: 'end', piece });
    this.isEnded = true;
    this.#add(piece);
    if (this.#isSettled || this.head === undefined) return;
    const body =
      this.#chunks.length === 1 ? (this.#chunks[0] ?? EMPTY) : Buffer.concat(this.#chunks);
    const trailers = this.#trailers === undefined ? {} : { trailers: this.#trailers };
    this.#done({ kind: 'whole', answer: { ...this.head, body, ...trailers } });
  }

  /** The handler gave the answer up. */
  breakOff(error: unknown): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    clearTimeout(this.#timer);
    this.#break(error);
  }

  #add(piece: Piece): void {
    if (this.#isSettled) return;
    const bytes = bytesOf(piece);
    if (bytes === undefined) return;
    this.#chunks.push(bytes);
    this.#size += bytes.byteLength;
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
    this.#isSettled = true;
    clearTimeout(this.#timer);
    this.#chunks.length = 0;
    this.#settle(captured);
  }
}

const EMPTY = new Uint8Array();
