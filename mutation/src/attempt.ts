import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answer, Task } from './child/messages.ts';
import { Child } from './child-process.ts';
import type { Server } from './server.ts';

/** The text that is loaded instead of a file's. */
export interface Replaced {
  readonly url: string;
  readonly source: string;
}

/** What one mutant after the other is put to. */
export interface Attempts {
  put(task: Task, replaced: Replaced | undefined): Promise<Answer>;
  end(): void;
}

/** Puts the contract to a store in a process of its own, with one file replaced or none. */
export async function attempt(
  task: Task,
  replaced: Replaced | undefined,
  server?: Server,
): Promise<Answer> {
  const attempts = attemptsOn(server);
  try {
    return await attempts.put(task, replaced);
  } finally {
    attempts.end();
  }
}

/**
 * On a server that was given, processes are kept as well: to load the harness takes longer than most
 * mutants live. Whatever was not seen by a rule is seen again by a process that had no mutant before.
 *
 * @param server where the harness finds its backend; without one it starts its own, in a process that
 *   ends with it
 */
export function attemptsOn(server: Server | undefined): Attempts {
  let child: Child | undefined;
  const end = (): void => {
    child?.end();
    child = undefined;
  };
  const put = async (task: Task, replaced: Replaced | undefined): Promise<Answer> => {
    const one = child ?? new Child(server);
    const { wasUsed } = one;
    child = one;
    const answer = await withFile(replaced, (mutant) => one.put({ ...task, mutant }));
    const isOfRule = answer.kind !== 'killed' || (answer.by.includes('.') && answer.late !== true);
    if (server !== undefined && isOfRule) return answer;
    end();
    return isOfRule || !wasUsed ? answer : put(task, replaced);
  };
  return { put, end };
}

async function withFile<T>(
  replaced: Replaced | undefined,
  work: (path: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'idem-mutant-'));
  try {
    const path = join(folder, 'mutant.json');
    if (replaced !== undefined) await writeFile(path, JSON.stringify(replaced));
    return await work(replaced === undefined ? '' : path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
