import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { describeWithTable } from './support/table.ts';

const run = promisify(execFile);
const program = fileURLToPath(new URL('./programs/lifetime.ts', import.meta.url));

describeWithTable('a process that used a store', (at) => {
  test.each(['closed', 'purging', 'forgotten'])('ends by itself: %s', async (how) => {
    const args = ['--conditions=@idem/source', program];
    const env = { ...process.env, IDEM_CLIENT_URL: at.url, IDEM_HOW: how };
    const { stdout } = await run(process.execPath, args, { env, timeout: 100_000 });
    expect(stdout).toContain('acquired');
  });
});
