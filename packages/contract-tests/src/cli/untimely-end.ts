import { rulesUnderWay } from '../engine/under-way.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** How a run was ended before its time, in words, and the rules that it is put to the account of. */
export interface UntimelyEnd {
  readonly how: string;
  readonly blamed: readonly string[];
}

/**
 * Listens for what ends a run before its time: a signal, after which there is time to close the
 * harness, and `process.exit`, after which there is time for `onExit` and nothing that waits.
 */
export class UntimelyEnds implements Disposable {
  readonly #onExit: (end: UntimelyEnd) => void;
  readonly #exited = (code: number): void => {
    const underWay = rulesUnderWay();
    const signal = this.#signal;
    const rules = underWay.length === 0 ? 'no rule' : underWay.join(', ');
    const how = `process.exit(${code}) was called with ${rules} under way`;
    this.#onExit(signal === undefined ? { how, blamed: underWay } : bySignal(signal));
  };
  readonly #signalled = (signal: NodeJS.Signals): void => {
    // Whoever asks a second time does not want to wait.
    for (const name of SIGNALS) process.off(name, this.#signalled);
    this.#signal = signal;
    this.#tell(bySignal(signal));
  };
  readonly #told: Promise<UntimelyEnd>;
  #tell: (end: UntimelyEnd) => void = () => {};
  #signal: NodeJS.Signals | undefined;

  constructor(onExit: (end: UntimelyEnd) => void) {
    this.#onExit = onExit;
    this.#told = new Promise((resolve) => {
      this.#tell = resolve;
    });
    process.on('exit', this.#exited);
    for (const name of SIGNALS) process.on(name, this.#signalled);
  }

  /** The signal that came, if one did. */
  get signal(): NodeJS.Signals | undefined {
    return this.#signal;
  }

  /** What the work answers, or the end that came first. */
  before<T>(work: Promise<T>): Promise<T | UntimelyEnd> {
    return Promise.race([work, this.#told]);
  }

  [Symbol.dispose](): void {
    process.off('exit', this.#exited);
    for (const name of SIGNALS) process.off(name, this.#signalled);
  }
}

function bySignal(signal: NodeJS.Signals): UntimelyEnd {
  return { how: `the run was ended by ${signal}`, blamed: [] };
}
