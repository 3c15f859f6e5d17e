import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { RedisProcess } from './support/redis-process.ts';
import { describeWithServers } from './support/skip.ts';

const program = fileURLToPath(new URL('./programs/one-claim.ts', import.meta.url));

describeWithServers('a process', () => {
  test('ends by itself once its stores are closed', async () => {
    await using server = await RedisProcess.start();
    const args = ['--conditions=@idem/source', program];
    const env = { ...process.env, IDEM_REDIS_STORE_URL: server.url };
    // The store's own timers are set for five seconds; a process that they held would be killed here.
    const { stdout } = await promisify(execFile)(process.execPath, args, { env, timeout: 60_000 });
    expect(stdout).toBe('done\n');
  });
});
