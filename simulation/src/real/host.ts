import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { FaultProxy } from '@idem/contract-tests/faults';
import type { Backend } from './backend/backend.ts';
import { now } from './clock.ts';
import type { Counts } from './counts.ts';
import type { Order } from './plan.ts';
import { type Line, LogReader } from './player/log.ts';
import type { FromPlayer, PlayerOptions, ToPlayer } from './player/messages.ts';

const PLAYER = fileURLToPath(new URL('./player/main.ts', import.meta.url));

/** What all hosts share. */
export interface Stage {
  readonly backend: Backend;
  /** Where the players write. */
  readonly directory: string;
  readonly core: string | undefined;
  readonly counts: Counts;
  /** What a process wrote. */
  heard(line: Line): void;
  /** A process ended, and nobody had asked it to. */
  died(process: string, how: string): void;
}

/** A machine: one process at a time, and its own way to the server. */
export class Host {
  readonly name: string;
  readonly proxy: FaultProxy;
  readonly #stage: Stage;
  #starts = 0;
  #process = '';
  #child: ChildProcess | undefined;
  #log: LogReader | undefined;
  #isReady = false;
  #stopped = false;

  private constructor(name: string, proxy: FaultProxy, stage: Stage) {
    this.name = name;
    this.proxy = proxy;
    this.#stage = stage;
  }

  static async start(name: string, stage: Stage): Promise<Host> {
    const { host, port } = stage.backend;
    const built = new Host(name, await FaultProxy.listen({ host, port }), stage);
    await built.restart();
    return built;
  }

  /** The process, while there is one that takes calls. */
  get process(): string | undefined {
    return this.#isReady ? this.#process : undefined;
  }

  /** Starts the next process; resolves when it takes calls. */
  async restart(): Promise<void> {
    this.#starts += 1;
    const name = `${this.name}${this.#starts}`;
    const { host, port } = this.proxy;
    const options: PlayerOptions = {
      process: name,
      log: `${this.#stage.directory}/${name}.jsonl`,
      client: this.#stage.backend.clientOf({ host, port }),
      core: this.#stage.core,
    };
    this.#log = new LogReader(options.log);
    const child = fork(PLAYER, {
      execArgv: ['--conditions=@idem/source'],
      env: { ...process.env, IDEM_REAL_PLAYER: JSON.stringify(options) },
    });
    this.#process = name;
    this.#child = child;
    child.on('error', () => {});
    child.once('exit', (code, signal) => this.#exited(child, code, signal));
    await new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.on('message', (message: FromPlayer) => {
        if (message.kind === 'ready') {
          this.#isReady = true;
          resolve();
          return;
        }
        this.#stage.counts.lostCommits += 1;
        this.proxy.loseNextReply();
        this.#send({ kind: 'the next reply is lost' });
      });
    });
  }

  call(order: Order): void {
    this.#send({ kind: 'call', order });
  }

  block(duration: number): void {
    this.#send({ kind: 'block', for: duration });
  }

  /** Stops the whole process (SIGSTOP), as a hypervisor does, or a full machine. */
  stop(): void {
    if (this.#isReady) this.#stopped = this.#child?.kill('SIGSTOP') ?? false;
  }

  resume(): void {
    if (this.#stopped) this.#child?.kill('SIGCONT');
    this.#stopped = false;
  }

  /** Ends the process at once (SIGKILL). */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || !this.#isReady) return;
    this.#isReady = false;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    this.#child = undefined;
    this.#stopped = false;
    child.kill('SIGKILL');
    await ended;
    this.listen();
    this.#log?.close();
    this.#log = undefined;
  }

  /** Passes on what its process wrote since. */
  listen(): void {
    for (const line of this.#log?.read() ?? []) this.#stage.heard(line);
  }

  /** Has the process come to rest by itself; false when something keeps it. */
  async end(within: number): Promise<boolean> {
    const child = this.#child;
    this.#isReady = false;
    this.#child = undefined;
    let rests = true;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const ended = new Promise<boolean>((resolve) => child.once('exit', () => resolve(true)));
      child.send({ kind: 'end' } satisfies ToPlayer, () => {});
      const late = setTimeout(() => {
        rests = false;
        child.kill('SIGKILL');
      }, within);
      await ended;
      clearTimeout(late);
      this.listen();
    }
    await this.proxy.close();
    return rests;
  }

  #send(message: ToPlayer): void {
    this.#child?.send(message, () => {});
  }

  #exited(child: ChildProcess, code: number | null, signal: string | null): void {
    if (child !== this.#child) return;
    this.#isReady = false;
    this.#child = undefined;
    this.listen();
    this.#stage.died(this.#process, `${signal ?? `exit code ${code}`}, at ${Math.round(now())}`);
  }
}
