import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, type QueryResultRow } from 'pg';
import { type Owner, unprivileged } from '../shared/owner.ts';
import { freePort } from '../shared/ports.ts';
import { until } from '../shared/until.ts';
import { type Binaries, postgresBinaries } from './binaries.ts';
import { Guard } from './guard.ts';
import { ownFolder, template, USER } from './template.ts';

const run = promisify(execFile);

/** Parameters of postgresql.conf: `{ synchronous_commit: 'off' }`. */
export type Settings = Readonly<Record<string, string>>;

export interface ClusterOptions {
  readonly settings?: Settings;
  /** Lines of pg_hba.conf that come before those that trust everybody. */
  readonly hba?: readonly string[];
}

export interface StandbyOptions {
  /** Commits of the primary wait for this standby from now on. */
  readonly synchronous: boolean;
  readonly name?: string;
  readonly settings?: Settings;
}

const DEFAULTS: Settings = {
  listen_addresses: '127.0.0.1',
  max_connections: '200',
  max_prepared_transactions: '20',
  // What Debian's package and the cloud providers leave on, and what the proofs of durability are about.
  fsync: 'on',
  full_page_writes: 'on',
  log_line_prefix: '%m [%p] %q%u@%d %a ',
};

/** A PostgreSQL cluster of our own, in a temporary folder, on a free port; it ends with this process. */
export class PostgresCluster {
  readonly port: number;
  /** Holds the data, the log and the Unix socket. */
  readonly folder: string;
  readonly binaries: Binaries;
  readonly #owner: Owner;
  readonly #guard: Guard;
  #pid: number | undefined;

  private constructor(folder: string, port: number, binaries: Binaries, owner: Owner) {
    this.folder = folder;
    this.port = port;
    this.binaries = binaries;
    this.#owner = owner;
    this.#guard = new Guard({
      command: [join(binaries.folder, 'postgres'), '-D', join(folder, 'data')],
      folder,
      log: join(folder, 'log'),
      owner,
      env: { PATH: process.env['PATH'], HOME: folder },
    });
  }

  static async start(options: ClusterOptions = {}): Promise<PostgresCluster> {
    const binaries = postgresBinaries();
    if (binaries === undefined) throw new Error('There are no binaries of PostgreSQL here.');
    const owner = await unprivileged();
    const folder = await ownFolder('idem-postgres-', owner);
    const cluster = new PostgresCluster(folder, await freePort(), binaries, owner);
    const data = join(folder, 'data');
    await run('cp', ['-R', await template(binaries, owner), data], { ...owner });
    await cluster.#configure({ ...DEFAULTS, ...quickRecovery(binaries), ...options.settings });
    const hba = join(data, 'pg_hba.conf');
    const rest = await readFile(hba, 'utf8');
    await writeFile(hba, [...(options.hba ?? []), rest].join('\n'));
    await cluster.run();
    return cluster;
  }

  get url(): string {
    return this.urlOf('postgres');
  }

  get socketUrl(): string {
    return `postgres://${USER}@/postgres?host=${encodeURIComponent(this.folder)}&port=${this.port}`;
  }

  get isRunning(): boolean {
    return this.#pid !== undefined;
  }

  urlOf(database: string, user: string = USER): string {
    return `postgres://${user}@127.0.0.1:${this.port}/${encodeURIComponent(database)}`;
  }

  /** One statement on a connection of its own, so that a dead server is noticed. */
  async query<Row extends QueryResultRow = QueryResultRow>(
    sql: string,
    values: unknown[] = [],
  ): Promise<Row[]> {
    const client = new Client({ connectionString: this.url });
    client.on('error', () => {});
    await client.connect();
    try {
      return (await client.query<Row>(sql, values)).rows;
    } finally {
      await client.end().catch(() => {});
    }
  }

  /** Sets parameters that need no restart. */
  async set(settings: Settings): Promise<void> {
    for (const [name, value] of Object.entries(settings)) {
      await this.query(`ALTER SYSTEM SET ${name} = '${value.replaceAll("'", "''")}'`);
    }
    await this.query('SELECT pg_reload_conf()');
  }

  async log(): Promise<string> {
    return readFile(join(this.folder, 'log'), 'utf8').catch(() => '');
  }

  /** Starts it, again, on the same port and with what it has on disk. */
  async run(): Promise<void> {
    this.#pid = await this.#guard.tell('start');
    const ready = join(this.folder, 'data', 'postmaster.pid');
    const own = new RegExp(`^${this.#pid}\\n[^]*\\nready\\s*$`);
    try {
      await until('PostgreSQL is ready', async () => {
        if (this.#isGone()) return true;
        // The file's last line says so; one that was killed has left its own file.
        return own.test(await readFile(ready, 'utf8'));
      });
      if (this.#isGone()) throw new Error('PostgreSQL has ended');
    } catch (cause) {
      throw new Error(await this.log(), { cause });
    }
  }

  /** kill -9 of all its processes at once: nothing is flushed, nothing is said. */
  async crash(): Promise<void> {
    this.#pid = await this.#guard.tell('kill');
  }

  /** The `immediate` shutdown: it recovers from its log when it is started again. */
  async abort(): Promise<void> {
    this.#pid = await this.#guard.tell('QUIT');
  }

  /** The `fast` shutdown: open transactions are rolled back, what is committed is written. */
  async stop(): Promise<void> {
    this.#pid = await this.#guard.tell('INT');
  }

  async restart(): Promise<void> {
    await this.crash();
    await this.run();
  }

  /** It hangs: connections stay open, and nothing is answered. */
  async pause(): Promise<void> {
    await this.#guard.tell('pause');
  }

  async resume(): Promise<void> {
    await this.#guard.tell('resume');
  }

  /** A second cluster that follows this one by streaming replication. */
  async standby(options: StandbyOptions): Promise<PostgresCluster> {
    const { synchronous, name = 'idem_standby', settings = {} } = options;
    const folder = await ownFolder('idem-postgres-', this.#owner);
    const standby = new PostgresCluster(folder, await freePort(), this.binaries, this.#owner);
    const address = `host=127.0.0.1 port=${this.port} user=${USER} application_name=${name}`;
    await run(
      join(this.binaries.folder, 'pg_basebackup'),
      ['-D', join(folder, 'data'), '-d', address, '-R', '-X', 'stream', '-c', 'fast', '--no-sync'],
      { ...this.#owner, cwd: folder, env: { PATH: process.env['PATH'], HOME: folder } },
    );
    // What makes the primary wait for its standby is not to make the standby wait for itself.
    await standby.#configure({ ...settings, synchronous_standby_names: '' });
    await standby.run();
    if (synchronous) await this.set({ synchronous_standby_names: name });
    const state = synchronous ? 'sync' : 'async';
    await until(`the standby ${name} is ${state}`, async () => {
      const followers = await this.query(
        `SELECT FROM pg_stat_replication
          WHERE application_name = $1 AND state = 'streaming' AND sync_state = $2`,
        [name, state],
      );
      return followers.length > 0;
    });
    return standby;
  }

  /** Makes a standby a primary. */
  async promote(): Promise<void> {
    await this.query('SELECT pg_promote(true, 60)');
  }

  /** Ends it, whatever it does, and removes its folder. */
  async close(): Promise<void> {
    this.#pid = undefined;
    await this.#guard.end();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #configure(settings: Settings): Promise<void> {
    const own = { port: `${this.port}`, unix_socket_directories: this.folder };
    const lines = Object.entries({ ...settings, ...own }).map(
      ([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`,
    );
    await appendFile(join(this.folder, 'data', 'postgresql.conf'), lines.join(''));
  }

  /** True when it ended by itself; the guard has not asked yet what became of it. */
  #isGone(): boolean {
    if (this.#pid === undefined) return true;
    if (!existsSync('/proc/self')) return false;
    return !existsSync(`/proc/${this.#pid}/exe`);
  }
}

/** After a crash it synchronises the file system in one call, not each of its thousand files. */
function quickRecovery({ major }: Binaries): Settings {
  return process.platform === 'linux' && major >= 14 ? { recovery_init_sync_method: 'syncfs' } : {};
}
