import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { rulesUnderWay, tellOfRules } from '../engine/under-way.ts';

/** Milliseconds between two signs of life. */
const PULSE = 1_000;

/**
 * Ends a process that an adapter blocks for good, `while (true)`, and says which rules were under way:
 * no deadline can, as none is ever looked at again. It watches from a thread of its own.
 */
export class Watchdog implements Disposable {
  readonly #worker: Worker;
  readonly #pulse: NodeJS.Timeout;

  /** @param deadline milliseconds that nothing may block for */
  constructor(deadline: number) {
    // In source form where this is source, built where this is built.
    const file = new URL(`./watchdog-thread${extname(import.meta.url)}`, import.meta.url);
    this.#worker = new Worker(file, { workerData: { deadline, pulse: PULSE } });
    this.#worker.unref();
    // Where there can be no thread, there is no watchdog, and the run goes on.
    this.#worker.on('error', () => {});
    const tell = (): void => this.#worker.postMessage(rulesUnderWay());
    this.#pulse = setInterval(tell, PULSE).unref();
    tellOfRules(tell);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#pulse);
    tellOfRules(undefined);
    void this.#worker.terminate();
  }
}
