import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unprivileged } from '../shared/owner.ts';
import { freePort } from '../shared/ports.ts';
import { guardBabelfish } from './babelfish-guard.ts';
import {
  babelfishFolder,
  babelfishTemplate,
  configuration,
  PASSWORD,
  toolIn,
  USER,
} from './babelfish-template.ts';
import type { TestServer } from './server.ts';

const run = promisify(execFile);

/** Where Babelfish for PostgreSQL is installed, or undefined when it is not. */
export function babelfishHome(): string | undefined {
  const home = process.env['BABELFISH_HOME'] ?? join(homedir(), '.cache/idem/babelfish');
  return existsSync(join(home, 'bin/initdb')) ? home : undefined;
}

/** Starts a private instance on free ports, in a temporary directory that goes when it stops. */
export async function startBabelfish(home: string): Promise<TestServer> {
  const owner = await unprivileged();
  const template = await babelfishTemplate(home, owner);
  const directory = await babelfishFolder(owner);

  const stop = guardBabelfish(home, directory, owner);
  const tool = toolIn(home, directory, owner);
  const data = join(directory, 'data');
  const pgCtl = (...args: string[]): Promise<unknown> =>
    tool('pg_ctl', '-D', data, '-l', join(directory, 'log'), '-w', '-t', '300', ...args);
  await run('cp', ['-R', template, data], { ...owner });
  const [postgresPort, port] = [await freePort(), await freePort()];
  await appendFile(join(data, 'postgresql.conf'), configuration(directory, postgresPort, port));
  await pgCtl('start');

  return {
    description: `a private Babelfish from ${home}`,
    host: '127.0.0.1',
    port,
    user: USER,
    password: PASSWORD,
    database: 'master',
    encrypt: false,
    restart: async () => {
      await pgCtl('restart', '-m', 'immediate');
    },
    pause: () => paused(data),
    stop,
  };
}

/** Stops the postmaster, which then starts nothing more, and what it has started. */
async function paused(data: string): Promise<() => void> {
  const postmaster = Number.parseInt(await readFile(join(data, 'postmaster.pid'), 'utf8'), 10);
  const stopped = new Set<number>();
  const stop = (pid: number): void => {
    if (signalled(pid, 'SIGSTOP')) stopped.add(pid);
  };
  stop(postmaster);
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=']);
  for (const line of stdout.trim().split('\n')) {
    const [pid = 0, parent] = line.trim().split(/\s+/).map(Number);
    if (parent === postmaster) stop(pid);
  }
  return () => {
    for (const pid of stopped) signalled(pid, 'SIGCONT');
  };
}

/** False where that process is gone meanwhile. */
function signalled(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
