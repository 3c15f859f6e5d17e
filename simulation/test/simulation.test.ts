import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { wrongExecutors } from '../src/wrong/list.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
/** How many interleavings of a small scope there are at least, for `run` and for `runInTransaction`. */
const INTERLEAVINGS = [14_413, 14_434];

/** A process of its own: what nobody handles must reach the simulation, not the test runner. */
function main(
  ...words: readonly string[]
): Promise<{ readonly output: string; readonly code: number }> {
  return new Promise((resolve) => {
    const all = ['--conditions=@idem/source', MAIN, ...words];
    const child = execFile(process.execPath, all, { maxBuffer: 2 ** 26 }, (_, stdout, stderr) => {
      resolve({ output: stdout + stderr, code: child.exitCode ?? 1 });
    });
    child.stdout?.on('data', (text: string) => process.stdout.write(text));
  });
}

// Work, not waiting: on a busy machine it takes its time.
vi.setConfig({ testTimeout: 300_000 });

test('10,000 runs under simulated time hold', async () => {
  expect(await main('long', '10000')).toMatchObject({ code: 0 });
});

test('every interleaving of a small scope holds, and none was left out', async () => {
  const { output, code } = await main('small');
  expect(code).toBe(0);
  const counts = [...output.matchAll(/^(\d+) interleavings/gm)].map(([, count]) => Number(count));
  expect(counts.map((count, index) => count >= (INTERLEAVINGS[index] ?? 0))).toEqual([true, true]);
});

describe('it bites', () => {
  test('every wrong executor is caught', async () => {
    expect(wrongExecutors.length).toBeGreaterThanOrEqual(20);
    const { output, code } = await main('wrong');
    const caught = [...output.matchAll(/^caught: ([^:]+): /gm)].map(([, name]) => name);
    expect(caught).toEqual(wrongExecutors.map(({ name }) => name));
    expect(code).toBe(0);
  });

  test('a seed that fails does so again, with the same trace', async () => {
    const wrong = ['--wrong', wrongExecutors[0]?.name ?? ''];
    const { output, code } = await main(...wrong, 'long', '10000');
    expect(code).toBe(1);
    const seed = /^seed (\d+) breaks/m.exec(output)?.[1] ?? '';
    const again = await main(...wrong, '--seed', seed);
    expect(again.code).toBe(1);
    expect(output).toContain(again.output);
  });
});
