import { execFile } from 'node:child_process';
import { appendFile, chown, mkdtemp, rename, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Owner } from '../shared/owner.ts';
import { freePort } from '../shared/ports.ts';
import { guardBabelfish } from './babelfish-guard.ts';

const run = promisify(execFile);

export const USER = 'idem_test';
export const PASSWORD = 'Idem_12345678';

/** What PostgreSQL's programs are called with, by an owner in a folder of its own. */
export type Tool = (name: string, ...args: string[]) => Promise<unknown>;

export function toolIn(home: string, folder: string, owner: Owner): Tool {
  const env = { PATH: process.env['PATH'], HOME: folder, LC_ALL: 'C.UTF-8' };
  return (name, ...args) => run(join(home, 'bin', name), args, { ...owner, cwd: folder, env });
}

/** A folder of the owner's own. */
export async function babelfishFolder(owner: Owner): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'idem-babelfish-'));
  if (owner.uid !== undefined && owner.gid !== undefined) await chown(folder, owner.uid, owner.gid);
  return folder;
}

export function configuration(folder: string, postgresPort: number, port: number): string {
  return `
shared_preload_libraries = 'babelfishpg_tds'
listen_addresses = '127.0.0.1'
port = ${postgresPort}
unix_socket_directories = '${folder}'
babelfishpg_tds.listen_addresses = '127.0.0.1'
babelfishpg_tds.port = ${port}
max_connections = 400
fsync = off
full_page_writes = off
`;
}

/**
 * A cluster with Babelfish's extensions, which take longest to create: made once for all processes of
 * a test run and all runs to come. It is copied, never started.
 */
export async function babelfishTemplate(home: string, owner: Owner): Promise<string> {
  const uid = owner.uid ?? process.getuid?.() ?? 0;
  const built = (await stat(join(home, 'lib/postgresql/babelfishpg_tsql.so'))).mtimeMs;
  const template = join(tmpdir(), `idem-babelfish-template-${Math.trunc(built)}-${uid}`);
  if (await isOf(template, uid)) return template;
  const folder = await babelfishFolder(owner);
  const clearUp = guardBabelfish(home, folder, owner);
  try {
    const data = join(folder, 'data');
    await make(toolIn(home, folder, owner), folder, data);
    // Another process may have been quicker.
    await rename(data, template).catch(async (error: unknown) => {
      if (!(await isOf(template, uid))) throw error;
    });
  } finally {
    await clearUp();
  }
  return template;
}

async function make(tool: Tool, folder: string, data: string): Promise<void> {
  const [postgresPort, port] = [await freePort(), await freePort()];
  await tool('initdb', '-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync');
  const settings = join(data, 'postgresql.conf');
  await appendFile(settings, configuration(folder, postgresPort, port));
  const pgCtl = (...args: string[]): Promise<unknown> =>
    tool('pg_ctl', '-D', data, '-l', join(folder, 'log'), '-w', '-t', '600', ...args);
  await pgCtl('start');
  try {
    const psql = (database: string, ...statements: string[]): Promise<unknown> =>
      tool(
        'psql',
        ...['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-h', folder, '-p', String(postgresPort)],
        ...['-U', 'postgres', '-d', database],
        ...statements.flatMap((sql) => ['-c', sql]),
      );
    await psql(
      'postgres',
      `CREATE USER ${USER} WITH SUPERUSER CREATEDB CREATEROLE PASSWORD '${PASSWORD}' INHERIT`,
      `CREATE DATABASE babelfish_db OWNER ${USER}`,
    );
    await psql(
      'babelfish_db',
      'CREATE EXTENSION IF NOT EXISTS babelfishpg_tds CASCADE',
      `GRANT ALL ON SCHEMA sys TO ${USER}`,
      `ALTER SYSTEM SET babelfishpg_tsql.database_name = 'babelfish_db'`,
      `ALTER DATABASE babelfish_db SET babelfishpg_tsql.migration_mode = 'multi-db'`,
      'SELECT pg_reload_conf()',
    );
    await psql('babelfish_db', `CALL sys.initialize_babelfish('${USER}')`);
  } finally {
    await pgCtl('stop', '-m', 'fast');
  }
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
