import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from '../shared/ports.ts';
import { until } from '../shared/until.ts';
import type { TlsFiles } from './tls-files.ts';

/** Where the server's binary is; another version is tested by naming it. */
export const BINARY: string = process.env['IDEM_TEST_REDIS_SERVER'] ?? 'redis-server';

/** Kills the server when this process is gone, however it went: its standard input ends then. */
const WATCHDOG = 'trap "" TERM INT; "$@" >"$LOG" 2>&1 & pid=$!; read _; kill -9 $pid; wait $pid';

/** Written before it is acknowledged, so that kill -9 loses nothing. */
export const DURABLE: readonly string[] = ['--appendonly', 'yes', '--appendfsync', 'always'];

interface Address {
  readonly port: number;
  readonly host: string;
  readonly tls?: TlsFiles['client'];
}

/** One redis-server of our own, in a temporary folder, on a free port. */
export class RedisProcess {
  readonly port: number;
  readonly folder: string;
  readonly #args: readonly string[];
  readonly #tls: TlsFiles | undefined;
  #child: ChildProcess | undefined;
  #admin: Redis | undefined;

  private constructor(port: number, folder: string, args: readonly string[], tls?: TlsFiles) {
    this.#tls = tls;
    this.port = port;
    this.folder = folder;
    this.#args = args;
  }

  /**
   * @param args options of redis-server, or a file of its configuration first
   * @param tls what it shows to clients, and asks of them
   */
  static async start(
    args: readonly string[] = DURABLE,
    tls: TlsFiles | undefined = undefined,
  ): Promise<RedisProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'idem-redis-'));
    const server = new RedisProcess(await freePort(), folder, args, tls);
    await server.run();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}/0`;
  }

  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  get #address(): Address {
    const { port } = this;
    if (this.#tls === undefined) return { port, host: '127.0.0.1' };
    return { port, host: 'localhost', tls: this.#tls.client };
  }

  /** A connection for the test itself. */
  get admin(): Redis {
    this.#admin ??= new Redis({ ...this.#address, maxRetriesPerRequest: null });
    // It reconnects by itself after a restart.
    if (this.#admin.listenerCount('error') === 0) this.#admin.on('error', () => {});
    return this.#admin;
  }

  /** Starts it, again, on the same port and with what it has on disk. */
  async run(): Promise<void> {
    const log = join(this.folder, 'log');
    const port = `${this.port}`;
    const own = ['--bind', '127.0.0.1', '--dir', this.folder, '--save', ''];
    const ports =
      this.#tls === undefined
        ? ['--port', port]
        : ['--port', '0', '--tls-port', port, ...this.#tls.server];
    const args = [BINARY, ...this.#args, ...own, ...ports];
    this.#child = spawn('sh', ['-c', WATCHDOG, 'sh', ...args], {
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { ...process.env, LOG: log },
    });
    this.#child.unref();
    try {
      await until('redis-server answers', async () => (await this.ask('PING')) === 'PONG');
    } catch (error) {
      throw new Error(await readFile(log, 'utf8').catch(() => 'no log'), { cause: error });
    }
  }

  /** One command on a connection of its own, so that a dead server is noticed. */
  async ask(command: string, ...args: readonly string[]): Promise<unknown> {
    const client = new Redis({
      ...this.#address,
      retryStrategy: null,
      maxRetriesPerRequest: 0,
      lazyConnect: true,
    });
    client.on('error', () => {});
    try {
      await client.connect();
      return await client.call(command, [...args]);
    } finally {
      client.disconnect();
    }
  }

  /** kill -9: nothing is flushed, nothing is said. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null) return;
    child.ref();
    const gone = new Promise((resolve) => child.once('close', resolve));
    child.stdin?.end();
    await gone;
  }

  async restart(): Promise<void> {
    await this.kill();
    await this.run();
  }

  async pid(): Promise<number> {
    const info = String(await this.ask('INFO', 'server'));
    return Number(/process_id:(\d+)/.exec(info)?.[1]);
  }

  async close(): Promise<void> {
    this.#admin?.disconnect();
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
