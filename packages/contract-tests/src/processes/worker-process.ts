import { type ChildProcess, fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProcessClients } from '../harness.ts';
import type { Reply, Request } from './messages.ts';

const LONGEST_COMPLAINT = 2_000;

/** A client of the backend in a process of its own. */
export class WorkerProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #replies: Reply[] = [];
  #wake: (() => void) | undefined;
  #ended: string | undefined;

  private constructor(clients: ProcessClients) {
    // The worker is a file of this package: in source form where this is source, built where this is built.
    const extension = extname(import.meta.url);
    const worker = fileURLToPath(new URL(`../worker${extension}`, import.meta.url));
    this.#child = fork(worker, [clients.module], {
      env: { ...process.env, ...clients.env },
      execArgv: [
        ...process.execArgv,
        ...(extension === '.ts' ? ['--conditions=@idem/source'] : []),
      ],
      serialization: 'advanced',
      // What it prints goes beside the report, which may be on the standard output.
      stdio: ['ignore', 2, 'pipe', 'ipc'],
    });
    let complaint = '';
    this.#child.stderr?.on('data', (text) => {
      complaint = `${complaint}${text}`.slice(-LONGEST_COMPLAINT);
    });
    this.#child.on('message', (reply: Reply) => {
      this.#replies.push(reply);
      this.#wake?.();
    });
    // Not 'exit': by 'close' all that it wrote has been read.
    this.#child.on('close', (code, signal) => {
      this.#ended = `the process ended with ${signal ?? `exit code ${code}`}. ${complaint}`;
      this.#wake?.();
    });
  }

  /** Starts the process; resolves when its client is open. */
  static async start(clients: ProcessClients): Promise<WorkerProcess> {
    const worker = new WorkerProcess(clients);
    await worker.#next('opened');
    return worker;
  }

  async run(
    request: Extract<Request, { kind: 'run' }>,
  ): Promise<Extract<Reply, { kind: 'recorded' }>> {
    this.#child.send(request);
    return this.#next('recorded');
  }

  /** Closes the client and ends the process. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ended !== undefined) return;
    try {
      this.#child.send({ kind: 'close' } satisfies Request);
      await this.#next('closed');
    } finally {
      this.#child.kill();
    }
  }

  async #next<K extends Reply['kind']>(kind: K): Promise<Extract<Reply, { kind: K }>> {
    while (this.#replies.length === 0) {
      if (this.#ended !== undefined) throw new Error(`A client in another process: ${this.#ended}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const reply = this.#replies.shift();
    if (isKind(reply, kind)) return reply;
    const reason = reply?.kind === 'failed' ? reply.reason : `it answered ${reply?.kind}`;
    throw new Error(`A client in another process could not go on: ${reason}`);
  }
}

function isKind<K extends Reply['kind']>(
  reply: Reply | undefined,
  kind: K,
): reply is Extract<Reply, { kind: K }> {
  return reply?.kind === kind;
}
