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
  readonly task: Task;
  /** Undefined for the store as it is. */
  readonly replaced: Replaced | undefined;
  /** Where the harness finds its backend; without one it starts its own. */
  readonly server: Server | undefined;
  /** Milliseconds without a sign of life after which it hangs. A rule has a deadline of its own. */
  readonly silence: number;
}

export interface Outcome {
  readonly answer: Answer;
  /** Milliseconds, the longest that it gave no sign of life: what a busy machine makes of a second. */
  readonly silence: number;
}

/** Puts the contract to a store in a process of its own, with one file replaced or none. */
export async function attempt(what: Attempt): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'idem-mutant-'));
  ownFolder(folder);
  try {
    const path = join(folder, 'mutant.json');
    if (what.replaced !== undefined) await writeFile(path, JSON.stringify(what.replaced));
    return await run(what, folder, what.replaced === undefined ? '' : path);
  } finally {
    removeFolder(folder);
  }
}

function run(what: Attempt, folder: string, mutant: string): Promise<Outcome> {
  const { task, server } = what;
  return new Promise((resolve) => {
    const child = start(folder, mutant);
    const { pid } = child;
    if (pid !== undefined) ownGroup(pid);
    const end = (): void => {
      if (pid !== undefined) endGroup(pid);
    };
    let complaint = '';
    let answer: Answer | undefined;
    let hasLoaded = false;
    let heard = performance.now();
    let silence = 0;
    const hear = (): void => {
      const now = performance.now();
      silence = Math.max(silence, now - heard);
      heard = now;
    };
    child.stderr?.on('data', (text) => {
      complaint = `${complaint}${text}`.slice(-2_000);
    });
    const watch = setInterval(() => {
      if (performance.now() - heard < what.silence) return;
      const fault = `no sign of life for ${Math.round(what.silence / 1_000)} s`;
      answer ??= hasLoaded
        ? { kind: 'killed', by: 'hanging', fault, late: true }
        : { kind: 'refused', by: 'hanging before the first rule', fault };
      end();
    }, 1_000);
    child.on('message', (message: Message) => {
      hear();
      if (isAnswer(message)) answer = message;
      if (message === 'loaded') hasLoaded = true;
      if (message === 'crash') {
        void crash(server).then((crashed) => child.connected && child.send(crashed));
      }
    });
    child.on('exit', (code, signal) => {
      clearInterval(watch);
      end();
      const fault = `${signal ?? `exit code ${code}`}: ${complaint}`;
      answer ??= hasLoaded
        ? { kind: 'killed', by: 'ending the process', fault }
        : { kind: 'refused', by: 'ending the process before the first rule', fault };
      resolve({ answer, silence });
    });
    child.send({ ...task, server: server?.address });
  });
}

function start(folder: string, mutant: string): ChildProcess {
  return fork(program, {
    env: {
      ...process.env,
      IDEM_MUTANT: mutant,
      // What it leaves behind goes with it.
      TMPDIR: folder,
      // A thousand processes load the same modules.
      NODE_COMPILE_CACHE: join(tmpdir(), 'idem-mutation-cache'),
      NODE_OPTIONS: `--import=${replace} --conditions=@idem/source --disable-warning=ExperimentalWarning`,
    },
    // In a group of its own, so that the servers that it started end with it.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
}

async function crash(server: Server | undefined): Promise<Crashed> {
  try {
    if (server === undefined) throw new Error('No server was given.');
    await server.restart();
    return { crashed: true };
  } catch (error) {
    return { crashed: false, why: String(error) };
  }
}
