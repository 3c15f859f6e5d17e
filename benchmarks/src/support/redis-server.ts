import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@idem-workspace/test-servers/redis';

/** A redis-server of our own, in memory, on a free loopback port; gone with this process. */
export async function startRedis(): Promise<{ port: number; close(): Promise<void> }> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'idem-benchmark-'));
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--dir', folder];
  const server = spawn('redis-server', args, { stdio: 'ignore' });
  const kill = (): boolean => server.kill('SIGKILL');
  process.once('exit', kill);
  await started(server);
  return {
    port,
    close: async () => {
      const gone = new Promise((resolve) => server.once('close', resolve));
      kill();
      await gone;
      await rm(folder, { recursive: true });
    },
  };
}

function started(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('spawn', () => resolve());
  });
}
