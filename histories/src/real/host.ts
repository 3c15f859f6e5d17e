import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LaneOptions } from '../lane.ts';

const PLAYER = fileURLToPath(new URL('./player.ts', import.meta.url));

/** What a player needs to know; goes there as JSON. */
export interface PlayerOptions {
  readonly backend: string;
  readonly client: unknown;
  readonly wrong: string | undefined;
  /** Its name, which no other process of this run has. */
  readonly process: string;
  readonly run: string;
  readonly seed: number;
  readonly lanes: number;
  readonly aborts: number;
  /** Milliseconds after which an operation that has neither been answered nor given up is one that hangs. */
  readonly patience: number;
  readonly keys: readonly string[];
  readonly choices: Pick<LaneOptions, 'leases' | 'ttls'>;
  /** Where it writes. */
  readonly folder: string;
  /** When the first epoch began, and how long each is, in milliseconds. */
  readonly begin: number;
  readonly epoch: number;
}

/** A machine: one process at a time. */
export class Host {
  readonly name: string;
  readonly #options: Omit<PlayerOptions, 'process' | 'seed'>;
  readonly #seed: number;
  readonly #failed: (how: string) => void;
  #starts = 0;
  #child: ChildProcess | undefined;

  constructor(
    name: string,
    seed: number,
    options: Omit<PlayerOptions, 'process' | 'seed'>,
    failed: (how: string) => void,
  ) {
    this.name = name;
    this.#seed = seed;
    this.#options = options;
    this.#failed = failed;
  }

  /** Starts the next process; resolves when it plays. */
  async start(): Promise<void> {
    this.#starts += 1;
    const name = `${this.name}${this.#starts}-`;
    const options: PlayerOptions = {
      ...this.#options,
      process: name,
      seed: this.#seed + this.#starts,
    };
    const child = fork(PLAYER, {
      execArgv: ['--conditions=@idem/source'],
      env: { ...process.env, IDEM_HISTORIES_PLAYER: JSON.stringify(options) },
    });
    this.#child = child;
    child.once('exit', (code, signal) => {
      if (child !== this.#child) return;
      this.#child = undefined;
      this.#failed(`${name} ended with ${signal ?? `exit code ${code}`}`);
    });
    await new Promise<void>((resolve) => {
      child.once('message', () => resolve());
      child.once('exit', () => resolve());
    });
  }

  stop(): void {
    this.#signal('SIGSTOP');
  }

  resume(): void {
    this.#signal('SIGCONT');
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#child?.kill(signal) !== true) throw new Error(`${signal} reached no ${this.name}`);
  }

  /** Ends the process at once (SIGKILL). */
  async kill(): Promise<void> {
    await this.#gone((child) => child.kill('SIGKILL'));
  }

  /** Lets the process come to its end, for which it has twice what an operation may take, and more. */
  async end(): Promise<void> {
    await this.#gone((child) => child.send('end', () => {}));
  }

  async #gone(ask: (child: ChildProcess) => void): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    ask(child);
    const { patience } = this.#options;
    const late = setTimeout(() => {
      this.#failed(`${this.name} did not come to its end within ${patience} ms`);
      child.kill('SIGKILL');
    }, patience);
    await gone;
    clearTimeout(late);
  }
}
