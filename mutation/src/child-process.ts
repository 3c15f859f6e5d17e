import { type ChildProcess, fork } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Answer, CRASH, type Crashed, type Task } from './child/messages.ts';
import type { Server } from './server.ts';

/** Milliseconds after which a mutant hangs: longer than the whole contract takes on a slow server. */
const PATIENCE = 2_400_000;

const program = fileURLToPath(new URL('./child/main.ts', import.meta.url));
const replace = new URL('./child/replace.ts', import.meta.url).href;

/** A process to which mutants are put, one at a time. */
export class Child {
  readonly #process: ChildProcess;
  readonly #server: Server | undefined;
  #complaint = '';
  #answered: (answer: Answer) => void = () => {};
  #wasUsed = false;

  constructor(server: Server | undefined) {
    this.#server = server;
    this.#process = fork(program, {
      env: {
        ...process.env,
        // A thousand processes load the same modules.
        NODE_COMPILE_CACHE: join(tmpdir(), 'idem-mutation-cache'),
        NODE_OPTIONS: `--import=${replace} --conditions=@idem/source --disable-warning=ExperimentalWarning`,
      },
      // In a group of its own, so that the servers that it started end with it.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#process.stderr?.on('data', (text) => {
      this.#complaint = `${this.#complaint}${text}`.slice(-2_000);
    });
    this.#process.on('message', (message: Answer | typeof CRASH) => {
      if (message !== CRASH) this.#answered(message);
      else void this.#crash().then((crashed) => this.#tell(crashed));
    });
    this.#process.on('exit', (code, signal) => {
      const fault = `${signal ?? `exit code ${code}`}: ${this.#complaint}`;
      this.end();
      this.#answered({ kind: 'killed', by: 'ending the process', fault });
    });
  }

  get wasUsed(): boolean {
    return this.#wasUsed;
  }

  async put(task: Task): Promise<Answer> {
    this.#wasUsed = true;
    let patience: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Answer>((resolve) => {
        this.#answered = resolve;
        patience = setTimeout(() => {
          const fault = `no end within ${PATIENCE / 1_000} s`;
          resolve({ kind: 'killed', by: 'hanging', fault, late: true });
        }, PATIENCE);
        this.#tell({ ...task, server: this.#server?.address });
      });
    } finally {
      clearTimeout(patience);
    }
  }

  /** Ends it and whatever it started. */
  end(): void {
    if (this.#process.pid === undefined) return;
    try {
      process.kill(-this.#process.pid, 'SIGKILL');
    } catch (error) {
      // Nobody of the group is left.
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
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
