import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';

async function run(program: string, ...flags: string[]): Promise<string> {
  const file = fileURLToPath(new URL(`programs/${program}`, import.meta.url));
  const args = ['--conditions=@idem/source', ...flags, file];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 170_000 });
  return stdout.trim();
}

test('an open store with live records does not keep the process alive', async () => {
  // A process that does not end by itself is killed, and the promise rejects.
  expect(await run('idle.ts')).toBe('the end of the program');
});

describe('the heap', () => {
  let bytes: { grown: number; pinned: number; held: number; heldLong: number; watched: number };
  beforeAll(async () => {
    bytes = JSON.parse(await run('churn.ts', '--expose-gc'));
  });

  test('is where it was after 400,000 claims completed with short ttls', () => {
    // The smallest object that could be forgotten takes sixteen bytes for each claim: 6.4 million.
    expect(bytes.grown).toBeLessThan(2_000_000);
  });

  test('is where it was after 400,000 watches that have ended', () => {
    expect(bytes.watched).toBeLessThan(2_000_000);
  });

  test('does not keep the text that a key was cut from', () => {
    // A hundred keys, each cut from a megabyte.
    expect(bytes.pinned).toBeLessThan(10_000_000);
  });

  test('holds what maxBytes counts, within a tenth', () => {
    expect(bytes.held).toBeGreaterThan(0.9);
    expect(bytes.held).toBeLessThan(1.1);
    expect(bytes.heldLong).toBeGreaterThan(0.9);
    expect(bytes.heldLong).toBeLessThan(1.1);
  });
});
