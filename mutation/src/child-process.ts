import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Answer, type Crashed, isAnswer, type Message, type Task } from './child/messages.ts';
import { endGroup, ownFolder, ownGroup, removeFolder } from './groups.ts';
import type { Server } from './server.ts';

const program = fileURLToPath(new URL('./child/main.ts', import.meta.url));
const replace = new URL('./child/replace.ts', import.meta.url).href;

/** The text that is loaded instead of a file's. */
export interface Replaced {
  readonly url: string;
  readonly source: string;
}

export interface Attempt {
  readonly task: Omit<Task, 'mutant' | 'server'>;
  /** None for the store as it is. */
  readonly replaced: readonly Replaced[];
  /** Milliseconds without a sign of life after which it hangs. A rule has a deadline of its own. */
  readonly silence: number;
}

export interface Outcome {
  readonly answer: Answer;
  /** Milliseconds, the longest that it gave no sign of life: what a busy machine makes of a second. */
  readonly silence: number;
}

/** A process to which mutants are put, one after the other. */
export class Child {
  readonly #folder: string;
  readonly #process: ChildProcess;
  readonly #server: Server | undefined;
  readonly #ended: Promise<void>;
  #hear: (message: Message) => void = () => {};
  #complaint = '';
  #count = 0;
  #isFree = true;

  /** @param server where the harness finds its backend; without one it starts its own */
  static async start(server: Server | undefined): Promise<Child> {
    const folder = await mkdtemp(join(tmpdir(), 'idem-mutant-'));
    ownFolder(folder);
    return new Child(folder, server);
  }

  private constructor(folder: string, server: Server | undefined) {
    this.#folder = folder;
    this.#server = server;
    this.#process = start(folder);
    const { pid } = this.#process;
    if (pid !== undefined) ownGroup(pid);
    this.#process.stderr?.on('data', (text) => {
      this.#complaint = `${this.#complaint}${text}`.slice(-2_000);
    });
    this.#process.on('message', (message: Message) => {
      this.#hear(message);
      if (message === 'crash') void this.#crash().then((crashed) => this.#tell(crashed));
    });
    this.#ended = new Promise((resolve) => {
      this.#process.on('exit', (code, signal) => {
        this.#complaint = `${signal ?? `exit code ${code}`}: ${this.#complaint}`;
        this.#isFree = false;
        this.end();
        resolve();
      });
    });
  }

  /** Whether another mutant may be put to it: it runs, and nothing of the last one goes on in it. */
  get isFree(): boolean {
    return this.#isFree;
  }

  /** How many mutants were put to it. */
  get count(): number {
    return this.#count;
  }

  async put({ task, replaced, silence }: Attempt): Promise<Outcome> {
    this.#isFree = false;
    this.#count += 1;
    const mutant = await this.#written(replaced);
    let answer: Answer | undefined;
    let hasLoaded = false;
    let heard = performance.now();
    let longest = 0;
    const free = new Promise<void>((resolve) => {
      this.#hear = (message) => {
        const now = performance.now();
        longest = Math.max(longest, now - heard);
        heard = now;
        if (isAnswer(message)) answer ??= message;
        if (message === 'loaded') hasLoaded = true;
        if (message !== 'free') return;
        this.#isFree = true;
        resolve();
      };
    });
    const watch = setInterval(() => {
      if (performance.now() - heard < silence) return;
      const fault = `no sign of life for ${Math.round(silence / 1_000)} s`;
      answer ??= hasLoaded
        ? { kind: 'killed', by: 'hanging', fault, late: true }
        : { kind: 'refused', by: 'hanging before the first rule', fault };
      this.end();
    }, 1_000);
    this.#tell({ ...task, mutant, server: this.#server?.address });
    await Promise.race([free, this.#ended]);
    clearInterval(watch);
    const fault = this.#complaint;
    answer ??= hasLoaded
      ? { kind: 'killed', by: 'ending the process', fault }
      : { kind: 'refused', by: 'ending the process before the first rule', fault };
    return { answer, silence: longest };
  }

  /** Ends it and whatever it started. */
  end(): void {
    const { pid } = this.#process;
    if (pid !== undefined) endGroup(pid);
    removeFolder(this.#folder);
  }

  async #written(replaced: readonly Replaced[]): Promise<string> {
    if (replaced.length === 0) return '';
    const path = join(this.#folder, `mutant-${this.#count}.json`);
    await writeFile(path, JSON.stringify(replaced));
    return path;
  }

  #tell(message: Task | Crashed): void {
    if (this.#process.connected) this.#process.send(message);
  }

  async #crash(): Promise<Crashed> {
    try {
      if (this.#server === undefined) throw new Error('No server was given.');
      await this.#server.restart();
      return { crashed: true };
    } catch (error) {
      return { crashed: false, why: String(error) };
    }
  }
}

function start(folder: string): ChildProcess {
  return fork(program, {
    env: {
      ...process.env,
      // What it leaves behind goes with it.
      TMPDIR: folder,
      // Hundreds of processes load the same modules.
      NODE_COMPILE_CACHE: join(tmpdir(), 'idem-mutation-cache'),
      NODE_OPTIONS: `--import=${replace} --conditions=@idem/source --disable-warning=ExperimentalWarning`,
    },
    // In a group of its own, so that the servers that it started end with it.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
}
