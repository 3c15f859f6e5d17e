import { fork } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Answer, Task } from './child/messages.ts';

/** Milliseconds after which a mutant hangs. */
const PATIENCE = 600_000;

const program = fileURLToPath(new URL('./child/main.ts', import.meta.url));
const replace = new URL('./child/replace.ts', import.meta.url).href;

/** The text that is loaded instead of a file's. */
export interface Replaced {
  readonly url: string;
  readonly source: string;
}

/** Puts the contract to a store in a process of its own, with one file replaced or none. */
export async function attempt(task: Task, replaced: Replaced | undefined): Promise<Answer> {
  const folder = await mkdtemp(join(tmpdir(), 'idem-mutant-'));
  try {
    const path = join(folder, 'mutant.json');
    if (replaced !== undefined) await writeFile(path, JSON.stringify(replaced));
    return await run(task, replaced === undefined ? '' : path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function run(task: Task, mutant: string): Promise<Answer> {
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
      answer ??= { kind: 'killed', by: 'hanging', fault: `no end within ${PATIENCE / 1_000} s` };
      end();
    }, PATIENCE);
    child.on('message', (message: Answer) => {
      answer = message;
    });
    child.on('exit', (code, signal) => {
      clearTimeout(patience);
      end();
      const fault = `${signal ?? `exit code ${code}`}: ${complaint}`;
      resolve(answer ?? { kind: 'killed', by: 'ending the process', fault });
    });
    child.send(task);
  });
}
