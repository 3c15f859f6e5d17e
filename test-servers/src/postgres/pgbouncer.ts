import { chown, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { unprivileged } from '../shared/owner.ts';
import { freePort } from '../shared/ports.ts';
import { until } from '../shared/until.ts';
import type { PostgresCluster } from './cluster.ts';
import { Guard } from './guard.ts';
import { pgBouncerBinary } from './pgbouncer-binary.ts';
import { ownFolder, USER } from './template.ts';

export interface PgBouncerOptions {
  readonly poolMode?: 'session' | 'transaction' | 'statement';
  /** Connections to the server for each database and user. */
  readonly poolSize?: number;
  /** How many prepared statements it follows for a connection; 0 for none. From 1.21 on. */
  readonly maxPreparedStatements?: number;
  /** Further lines of its section `[pgbouncer]`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A PgBouncer of our own before a private cluster, on a free port; it ends with this process. */
export class PgBouncer {
  readonly port: number;
  readonly folder: string;
  readonly #guard: Guard;

  private constructor(folder: string, port: number, guard: Guard) {
    this.folder = folder;
    this.port = port;
    this.#guard = guard;
  }

  static async start(
    cluster: Pick<PostgresCluster, 'port'>,
    options: PgBouncerOptions = {},
  ): Promise<PgBouncer> {
    const binary = pgBouncerBinary();
    if (binary === undefined) throw new Error('There is no PgBouncer here.');
    const { maxPreparedStatements = 0 } = options;
    if (maxPreparedStatements > 0 && !binary.tracksPreparedStatements) {
      throw new Error(`PgBouncer ${binary.version} has no max_prepared_statements; 1.21 has.`);
    }
    const owner = await unprivileged();
    const folder = await ownFolder('idem-pgbouncer-', owner);
    const port = await freePort();
    const file = join(folder, 'pgbouncer.ini');
    await writeFile(file, configuration(port, folder, cluster.port, options));
    if (owner.uid !== undefined && owner.gid !== undefined) await chown(file, owner.uid, owner.gid);
    const guard = new Guard({
      command: [binary.path, file],
      folder,
      log: join(folder, 'log'),
      owner,
      env: { PATH: process.env['PATH'], HOME: folder },
    });
    const bouncer = new PgBouncer(folder, port, guard);
    await bouncer.run();
    return bouncer;
  }

  get url(): string {
    return `postgres://${USER}@127.0.0.1:${this.port}/postgres`;
  }

  async run(): Promise<void> {
    await this.#guard.tell('start');
    try {
      await until('PgBouncer answers', () => this.#answers());
    } catch (cause) {
      throw new Error(await readFile(join(this.folder, 'log'), 'utf8').catch(() => 'no log'), {
        cause,
      });
    }
  }

  /** Its connections end without a word. */
  async crash(): Promise<void> {
    await this.#guard.tell('kill');
  }

  async close(): Promise<void> {
    await this.crash();
    await this.#guard.end();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Its own console, which needs no server. */
  async #answers(): Promise<boolean> {
    const client = new Client({
      connectionString: `postgres://${USER}@127.0.0.1:${this.port}/pgbouncer`,
    });
    client.on('error', () => {});
    await client.connect();
    await client.end();
    return true;
  }
}

function configuration(
  port: number,
  folder: string,
  server: number,
  options: PgBouncerOptions,
): string {
  const { poolMode = 'transaction', poolSize = 4, maxPreparedStatements, settings } = options;
  const prepared =
    maxPreparedStatements === undefined || !pgBouncerBinary()?.tracksPreparedStatements
      ? {}
      : { max_prepared_statements: `${maxPreparedStatements}` };
  const parameters = {
    listen_addr: '127.0.0.1',
    listen_port: `${port}`,
    unix_socket_dir: folder,
    auth_type: 'any',
    admin_users: USER,
    pool_mode: poolMode,
    default_pool_size: `${poolSize}`,
    max_client_conn: '400',
    // What drivers send as a connection starts, and PgBouncer would refuse.
    ignore_startup_parameters: 'extra_float_digits,options,search_path',
    ...prepared,
    ...settings,
  };
  const lines = Object.entries(parameters).map(([name, value]) => `${name} = ${value}`);
  // `auth_type = any` lets everybody in as the user that the database names.
  const database = `* = host=127.0.0.1 port=${server} user=${USER}`;
  return ['[databases]', database, '[pgbouncer]', ...lines, ''].join('\n');
}
