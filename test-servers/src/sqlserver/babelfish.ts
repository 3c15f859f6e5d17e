import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, chown, mkdtemp } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unprivileged } from '../shared/owner.ts';
import { freePort } from '../shared/ports.ts';
import type { TestServer } from './server.ts';

const run = promisify(execFile);

const USER = 'idem_test';
const PASSWORD = 'Idem_12345678';

/** Where Babelfish for PostgreSQL is installed, or undefined when it is not. */
export function babelfishHome(): string | undefined {
  const home = process.env['BABELFISH_HOME'] ?? join(homedir(), '.cache/idem/babelfish');
  return existsSync(join(home, 'bin/initdb')) ? home : undefined;
}

/** Starts a private instance on free ports, in a temporary directory that goes when it stops. */
export async function startBabelfish(home: string): Promise<TestServer> {
  const directory = await mkdtemp(join(tmpdir(), 'idem-babelfish-'));
  const owner = await unprivileged();
  if (owner.uid !== undefined && owner.gid !== undefined) {
    await chown(directory, owner.uid, owner.gid);
  }
  const options = {
    ...owner,
    cwd: directory,
    env: { PATH: process.env['PATH'], HOME: directory, LC_ALL: 'C.UTF-8' },
  };
  const tool = (name: string, ...args: string[]): Promise<unknown> =>
    run(join(home, 'bin', name), args, options);
  const data = join(directory, 'data');
  const [postgresPort, port] = [await freePort(), await freePort()];

  // The guard outlives this process, however it ends, and clears up after it.
  const clearUp = `trap '' INT TERM HUP; cat >/dev/null; "$0" -D "$1/data" -m immediate stop >/dev/null 2>&1; rm -rf "$1"`;
  const guard = spawn('/bin/sh', ['-c', clearUp, join(home, 'bin/pg_ctl'), directory], {
    ...options,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.unref();
  if ('unref' in guard.stdin && typeof guard.stdin.unref === 'function') guard.stdin.unref();

  const pgCtl = (...args: string[]): Promise<unknown> =>
    tool('pg_ctl', '-D', data, '-l', join(directory, 'log'), '-w', ...args);
  await tool('initdb', '-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync');
  await appendFile(join(data, 'postgresql.conf'), configuration(directory, postgresPort, port));
  await pgCtl('start');
  const psql = (database: string, sql: string): Promise<unknown> =>
    tool(
      'psql',
      ...['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-h', directory, '-p', String(postgresPort)],
      ...['-U', 'postgres', '-d', database, '-c', sql],
    );
  await psql(
    'postgres',
    `CREATE USER ${USER} WITH SUPERUSER CREATEDB CREATEROLE PASSWORD '${PASSWORD}' INHERIT`,
  );
  await psql('postgres', `CREATE DATABASE babelfish_db OWNER ${USER}`);
  await psql(
    'babelfish_db',
    `CREATE EXTENSION IF NOT EXISTS babelfishpg_tds CASCADE; GRANT ALL ON SCHEMA sys TO ${USER}`,
  );
  await psql('babelfish_db', `ALTER SYSTEM SET babelfishpg_tsql.database_name = 'babelfish_db'`);
  await psql(
    'babelfish_db',
    `ALTER DATABASE babelfish_db SET babelfishpg_tsql.migration_mode = 'multi-db'`,
  );
  await psql('babelfish_db', 'SELECT pg_reload_conf()');
  await psql('babelfish_db', `CALL sys.initialize_babelfish('${USER}')`);

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
    stop: () =>
      new Promise((resolve) => {
        guard.once('exit', () => resolve());
        guard.ref();
        guard.stdin.end();
      }),
  };
}

function configuration(directory: string, postgresPort: number, port: number): string {
  return `
shared_preload_libraries = 'babelfishpg_tds'
listen_addresses = '127.0.0.1'
port = ${postgresPort}
unix_socket_directories = '${directory}'
babelfishpg_tds.listen_addresses = '127.0.0.1'
babelfishpg_tds.port = ${port}
max_connections = 400
fsync = off
full_page_writes = off
`;
}
