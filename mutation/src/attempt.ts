import { fork } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Answer, CRASH, type Crashed, type Task } from './child/messages.ts';
import type { Server } from './server.ts';

/** Milliseconds after which a mutant hangs: longer than the whole contract takes on a slow server. */
const PATIENCE = 2_400_000;

const program = fileURLToPath(new URL('./child/main.ts', import.meta.url));
const replace = new URL('./child/replace.ts', import.meta.url).href;

/** The text that is loaded instead of a file's. */
export interface Replaced {
  readonly url: string;
  readonly source: string;
}

/**
 * Puts the contract to a store in a process of its own, with one file replaced or none.
 *
 * @param server where the harness finds its backend; without one it starts its own
 */
export async function attempt(
  task: Task,
  replaced: Replaced | undefined,
  server?: Server,
): Promise<Answer> {
  const folder = await mkdtemp(join(tmpdir(), 'idem-mutant-'));
  try {
    const path = join(folder, 'mutant.json');
    if (replaced !== undefined) await writeFile(path, JSON.stringify(replaced));
    return await run(task, replaced === undefined ? '' : path, server);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function run(task: Task, mutant: string, server: Server | undefined): Promise<Answer> {
  return new Promise((resolve) => {
    const child = fork(program, {
      env: {
        ...process.env,
        IDEM_MUTANT: mutant,
        // A thousand processes load the same modules.
        NODE_COMPILE_CACHE: join(tmpdir(), 'idem-mutation-cache'),
        NODE_OPTIONS: `--import=${replace} --conditions=@idem/source --disable-warning=ExperimentalWarning`,
      },
      // In a group of its own, so that the servers that it started end with it.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let complaint = '';
    let answer: Answer | undefined;
    child.stderr?.on('data', (text) => {
      complaint = `${complaint}${text}`.slice(-2_000);
    });
    const end = (): void => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch (error) {
        // Nobody of the group is left.
        if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
      }
    };
    const patience = setTimeout(() => {
      const fault = `no end within ${PATIENCE / 1_000} s`;
      answer ??= { kind: 'killed', by: 'hanging', fault, late: true };
      end();
    }, PATIENCE);
    child.on('message', (message: Answer | typeof CRASH) => {
      if (message !== CRASH) answer = message;
      else void crash(server).then((crashed) => child.connected && child.send(crashed));
    });
    child.on('exit', (code, signal) => {
      clearTimeout(patience);
      end();
      const fault = `${signal ?? `exit code ${code}`}: ${complaint}`;
      resolve(answer ?? { kind: 'killed', by: 'ending the process', fault });
    });
    child.send({ ...task, server: server?.address });
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
