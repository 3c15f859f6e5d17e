import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);

/** What a program writes until it ends by itself; it is killed, and the test fails, when it does not. */
async function output(program: string): Promise<string> {
  const path = fileURLToPath(new URL(`../programs/${program}`, import.meta.url));
  const args = ['--conditions=@idem/source', '--no-warnings', path];
  return (await run(process.execPath, args, { timeout: 150_000 })).stdout;
}

test('a hung handler does not keep the process alive', async () => {
  expect(await output('hung-handler.ts')).toBe('ended');
});

test('a call that waits does', async () => {
  expect(await output('waiting-caller.ts')).toBe('in progress');
});
