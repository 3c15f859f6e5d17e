import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

async function run(program: string, ...flags: string[]): Promise<string> {
  const file = fileURLToPath(new URL(`programs/${program}`, import.meta.url));
  const args = ['--conditions=@idem/source', ...flags, file];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 120_000 });
  return stdout.trim();
}

test('an open store with live records does not keep the process alive', async () => {
  // A process that does not end by itself is killed, and the promise rejects.
  expect(await run('idle.ts')).toBe('the end of the program');
}, 130_000);

test('a million claims completed with short ttls leave the heap where it was', async () => {
  const { grown, pinned } = JSON.parse(await run('churn.ts', '--expose-gc'));
  // The smallest object that could be forgotten takes sixteen bytes for each claim.
  expect(grown).toBeLessThan(2_000_000);
  expect(pinned).toBeLessThan(10_000_000);
}, 130_000);
