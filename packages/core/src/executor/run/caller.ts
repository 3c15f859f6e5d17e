import { Latch } from '../../support/latch.ts';
import { type Cancel, startTimer } from '../../time/timers.ts';
import { publish } from '../diagnostics.ts';
import { InProgressError, keyReused } from '../executor-errors.ts';
import type { Execution } from './execution.ts';

export interface CallerTerms {
  /** The key of the record. */
  readonly key: string;
  readonly fingerprint: string | undefined;
  /** Milliseconds. */
  readonly wait: number;
  readonly signal: AbortSignal | undefined;
  /** Begins to execute for this caller, in the very step in which the claim was granted. */
  readonly begin: (grant: Grant) => Execution;
}

/** A claim that was granted. */
export type Grant = Pick<Execution, 'fence' | 'lease' | 'takeover' | 'token'> & {
  readonly claimTime: number;
};

/** One call of `run`, with its own deadline and signal, while it is not settled. */
export class Caller {
  readonly terms: CallerTerms;
  /** The execution that runs for this caller, once it has been granted the claim. */
  execution: Execution | undefined;
  /** It was rejected, by its signal or its deadline: nothing may begin for it. */
  gone = false;
  readonly #late: Latch = new Latch();
  #cancelDeadline: Cancel | undefined;

  constructor(terms: CallerTerms) {
    this.terms = terms;
  }

  /** True once it has waited for somebody else: its deadline is running. */
  get hasWaited(): boolean {
    return this.#cancelDeadline !== undefined;
  }

  /** Resolves when it opens; rejects with the signal's reason once that is aborted. */
  until(latch: Latch): Promise<void> {
    return this.#until(latch, undefined);
  }

  /** As `until`, but rejects with `IDEM_IN_PROGRESS` at the caller's deadline, which runs from the first wait. */
  async untilLate(latch: Latch, leaseRemaining: () => number): Promise<void> {
    if (latch.opened) return;
    if (this.terms.wait === 0) throw this.#inProgress(leaseRemaining());
    this.#cancelDeadline ??= startTimer(this.terms.wait, true, () => this.#late.open());
    await this.#until(latch, leaseRemaining);
  }

  /** Rejects a key that was used with another fingerprint. */
  compare(fingerprint: string | null | undefined): void {
    const own = this.terms.fingerprint;
    if (own === undefined || fingerprint === null || fingerprint === undefined) return;
    if (own === fingerprint) return;
    publish('idem:conflicted', () => ({ key: this.terms.key, reason: 'key-reused' }));
    throw keyReused(this.terms.key);
  }

  /** It is settled. */
  leave(): void {
    this.gone = true;
    this.#cancelDeadline?.();
  }

  #until(latch: Latch, leaseRemaining: (() => number) | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const { signal } = this.terms;
      const cancels: Cancel[] = [];
      const settle = (end: () => void) => (): void => {
        for (const cancel of cancels) cancel();
        end();
      };
      const abort = settle(() => {
        this.gone = true;
        reject(signal?.reason);
      });
      if (signal?.aborted === true) return abort();
      signal?.addEventListener('abort', abort, { once: true });
      cancels.push(() => signal?.removeEventListener('abort', abort));
      cancels.push(latch.listen(settle(resolve)));
      if (leaseRemaining !== undefined && !latch.opened) {
        const late = settle(() => {
          this.gone = true;
          reject(this.#inProgress(leaseRemaining()));
        });
        cancels.push(this.#late.listen(late));
      }
    });
  }

  #inProgress(leaseRemaining: number): InProgressError {
    const { key } = this.terms;
    publish('idem:conflicted', () => ({ key, reason: 'in-progress', leaseRemaining }));
    return new InProgressError(key, leaseRemaining);
  }
}
