import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { describeWithTable } from './support/table.ts';

const run = promisify(execFile);
const program = fileURLToPath(new URL('./programs/lifetime.ts', import.meta.url));

describeWithTable('a process that used a store', (at) => {
  test.each(['closed', 'purging'])('ends by itself: %s', async (how) => {
    const args = ['--conditions=@idem/source', program];
    const env = { ...process.env, IDEM_CLIENT_URL: at.url, IDEM_HOW: how };
    const { stdout } = await run(process.execPath, args, { env, timeout: 50_000 });
    expect(stdout).toContain('acquired');
  });

  test('purging goes on after a purge that failed, and stops when it is disposed', async () => {
    const store = await at.open({ timeout: 60_000 });
    expect(() => store.startPurging({ interval: 5 })).toThrow(
      expect.objectContaining({ code: 'IDEM_INVALID_OPTIONS' }),
    );
    const errors: unknown[] = [];
    const failed = new Promise((resolve) => {
      const purging = store.startPurging({
        interval: 1_000,
        batch: 0,
        onError: (error) => {
          errors.push(error);
          if (errors.length === 2) {
            purging[Symbol.dispose]();
            resolve(undefined);
          }
        },
      });
    });
    await failed;
    expect(errors).toEqual([
      expect.objectContaining({ code: 'IDEM_INVALID_OPTIONS' }),
      expect.objectContaining({ code: 'IDEM_INVALID_OPTIONS' }),
    ]);
  });
});
