import { setTimeout as sleep } from 'node:timers/promises';
import { now } from '@idem/contract-tests/linearizability';
import type { IdempotencyStore } from '@idem/core';
import type { Disturbance } from './history.ts';

const BETWEEN = 250;
/** So many that each server of a cluster has some of them. */
const KEYS = Array.from({ length: 8 }, (_, n) => `pulse-${n}`);

/**
 * Asks the server on the clients' own way, and notes when no answer came in time: then the machine,
 * the way or the server stood still, though no fault made it, and what was under way is held up for as long.
 */
export class Pulse {
  readonly #stalls: Disturbance[] = [];
  readonly #over = new AbortController();
  readonly #store: IdempotencyStore;
  readonly #prompt: number;
  readonly #beats: Promise<unknown>;

  /** @param prompt milliseconds within which a server answers that is not held up */
  constructor(store: IdempotencyStore, prompt: number) {
    this.#store = store;
    this.#prompt = prompt;
    this.#beats = Promise.all(KEYS.map((key) => this.#beat(key)));
  }

  async end(): Promise<void> {
    this.#over.abort();
    await this.#beats;
    await this.#store.close();
  }

  /** The faults and what this noticed, by when they began. */
  beside(faults: readonly Disturbance[]): Disturbance[] {
    return [...faults, ...this.#stalls].sort((one, other) => one.from - other.from);
  }

  /** For how many milliseconds at most the server did not answer, where no fault was the reason; 0 if it always did. */
  longest(faults: readonly Disturbance[]): number {
    const own = this.#stalls.filter(
      (stall) => !faults.some(({ from, to }) => from <= stall.to && to >= stall.from),
    );
    return Math.max(0, ...own.map(({ from, to }) => Math.min(to, now()) - from));
  }

  async #beat(key: string): Promise<void> {
    while (!this.#over.signal.aborted) {
      await this.#time(() => this.#store.exists(key));
      await sleep(BETWEEN);
    }
  }

  async #time(ask: () => Promise<unknown>): Promise<void> {
    const stall = { kind: 'stood still', holds: true, from: now() };
    let place: number | undefined;
    const timer = setTimeout(() => {
      // Open until it is over, for whoever asks meanwhile.
      place = this.#stalls.push({ ...stall, to: Number.POSITIVE_INFINITY }) - 1;
    }, this.#prompt);
    // To be refused is an answer too: a server that is down holds nothing up.
    await ask().catch(() => undefined);
    clearTimeout(timer);
    const to = now();
    if (place !== undefined) this.#stalls[place] = { ...stall, to };
    else if (to - stall.from >= this.#prompt) this.#stalls.push({ ...stall, to });
  }
}
