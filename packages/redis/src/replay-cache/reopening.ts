import { isRefusal } from '../faults.ts';

/** Milliseconds: the first pause, the longest, and the one after a refusal, which waits for a person. */
const PAUSE = { first: 50, longest: 5_000, refused: 30_000 };

/** When to try again, after how many failures in a row. */
export class Reopening {
  #failures = 0;
  #due = 0;
  fault: unknown;

  isDue(): boolean {
    return performance.now() >= this.#due;
  }

  failed(fault: unknown): void {
    this.fault = fault;
    const pause = Math.min(PAUSE.first * 2 ** this.#failures, PAUSE.longest);
    this.#due = performance.now() + (isRefusal(fault) ? PAUSE.refused : pause);
    this.#failures += 1;
  }

  /** Somebody wants to know now. */
  hurry(): void {
    this.#due = 0;
    this.fault = undefined;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#due = 0;
    this.fault = undefined;
  }
}
