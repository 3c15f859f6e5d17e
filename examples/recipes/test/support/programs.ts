import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** What every program of these tests is told. */
export interface Settings {
  readonly redis: string;
  /** Stands before every key in Redis, so that tests do not meet there. */
  readonly prefix: string;
  readonly bank: string;
  /** Milliseconds. */
  readonly lease: number;
  /** The program dies (SIGKILL) in the moment in which the record of this key has been written. */
  readonly diesRecording?: string;
  /** What else this recipe needs. */
  readonly extra?: string;
}

/** A process that runs a recipe. */
export class Program implements AsyncDisposable {
  readonly process: ChildProcess;
  /** How it ended: its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  #complaints = '';
  readonly #messages: unknown[] = [];
  readonly #waiting: ((message: unknown) => void)[] = [];

  constructor(name: string, settings: Settings) {
    const file = join(import.meta.dirname, '../programs', name);
    const execArgv = ['--conditions=@idem/source', '--no-warnings'];
    this.process = fork(file, [JSON.stringify(settings)], {
      ...{ execArgv, stdio: ['ignore', 'inherit', 'pipe', 'ipc'] },
    });
    this.process.stderr?.setEncoding('utf8').on('data', (text) => {
      this.#complaints = (this.#complaints + text).slice(-4000);
    });
    this.ended = once(this.process, 'exit').then(([code, signal]) => signal ?? code);
    this.process.on('message', (message) => {
      const next = this.#waiting.shift();
      if (next === undefined) this.#messages.push(message);
      else next(message);
    });
  }

  /** The next thing that it says; rejects when it ends without a word. */
  async says(): Promise<unknown> {
    if (this.#messages.length > 0) return this.#messages.shift();
    const said = new Promise((resolve) => this.#waiting.push(resolve));
    const ended = this.ended.then((how) => {
      throw new Error(`The program ended (${how}) and said nothing. ${this.#complaints}`);
    });
    return Promise.race([said, ended]);
  }

  /** As when the power goes: no handler runs, nothing is released. */
  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}
