import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Owner } from '../shared/owner.ts';

/**
 * Outlives this process, however it ends, and clears up after it: what runs on the folder's data is
 * stopped, and the folder is removed. So it does when it is told to, by what is returned.
 */
export function guardBabelfish(home: string, folder: string, owner: Owner): () => Promise<void> {
  const clearUp = `trap '' INT TERM HUP; cat >/dev/null; "$0" -D "$1/data" -m immediate stop >/dev/null 2>&1; rm -rf "$1"`;
  const guard = spawn('/bin/sh', ['-c', clearUp, join(home, 'bin/pg_ctl'), folder], {
    ...owner,
    cwd: '/',
    env: { PATH: process.env['PATH'], HOME: folder, LC_ALL: 'C.UTF-8' },
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.unref();
  if ('unref' in guard.stdin && typeof guard.stdin.unref === 'function') guard.stdin.unref();
  return () =>
    new Promise((resolve) => {
      guard.once('exit', () => resolve());
      guard.ref();
      guard.stdin.end();
    });
}
