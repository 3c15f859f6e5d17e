import { execFile } from 'node:child_process';
import { chown, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Owner } from '../shared/owner.ts';
import type { Binaries } from './binaries.ts';

const run = promisify(execFile);

/** The superuser of every private cluster, who needs no password. */
export const USER = 'idem_test';

/** A folder of the owner's own. */
export async function ownFolder(name: string, owner: Owner): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), name));
  if (owner.uid !== undefined && owner.gid !== undefined) await chown(folder, owner.uid, owner.gid);
  return folder;
}

/**
 * A cluster as initdb leaves it, which is made once for all processes of a test run and all runs to
 * come. It is copied, never started.
 */
export async function template(binaries: Binaries, owner: Owner): Promise<string> {
  const uid = owner.uid ?? process.getuid?.() ?? 0;
  const folder = join(tmpdir(), `idem-postgres-template-${binaries.version}-${uid}`);
  if (await isOf(folder, uid)) return folder;
  const made = await ownFolder('idem-postgres-', owner);
  const options = ['-U', USER, '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  await run(join(binaries.folder, 'initdb'), ['-D', join(made, 'data'), ...options], {
    ...owner,
    cwd: made,
    env: { PATH: process.env['PATH'], HOME: made },
  });
  // Another process may have been quicker.
  await rename(join(made, 'data'), folder).catch(async (error: unknown) => {
    if (!(await isOf(folder, uid))) throw error;
  });
  await rm(made, { recursive: true, force: true });
  return folder;
}

/** A folder of that name that somebody else has made is not used. */
async function isOf(folder: string, uid: number): Promise<boolean> {
  try {
    const found = await stat(folder);
    if (found.uid === uid) return true;
  } catch {
    return false;
  }
  throw new Error(`${folder} belongs to somebody else; remove it`);
}
