import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Recorded } from '@idem/contract-tests/linearizability';
import { expect, test } from 'vitest';
import { historyText } from '../../src/real/kept.ts';

/** The exit code of a command of this package, and what it says. */
async function run(command: string, ...args: string[]): Promise<{ code: unknown; text: string }> {
  const path = fileURLToPath(new URL(`../../src/${command}.ts`, import.meta.url));
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--conditions=@idem/source', path, ...args],
      (error, stdout, stderr) => resolve({ code: error?.code ?? 0, text: stdout + stderr }),
    );
  });
}

const found = (value: string | null): Recorded => ({
  ...{ client: 'c', operation: { name: 'find', key: 'k' }, answer: { kind: 'value', value } },
  ...{ invoked: 1, returned: 2, at: { from: 1, to: 2 } },
});

test('again judges what violation-*.json names, though one tells of the faults, and says what it judged', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'idem-again-'));
  try {
    const file = (name: string): string => join(folder, `violation-redis-1-${name}.json`);
    await writeFile(file('faults'), '[{"kind":"server crashed","holds":false,"from":1,"to":2}]');
    await writeFile(file('e0.k1'), historyText([found(null)]));
    await writeFile(file('e0.k2'), historyText([found('from nowhere')]));
    const [right, wrong, none] = await Promise.all([
      run('real/again', file('e0.k1'), file('faults')),
      run('real/again', file('faults'), file('e0.k2')),
      run('real/again', file('faults')),
    ]);
    expect(right).toMatchObject({ code: 0, text: expect.stringContaining('1 operations, linear') });
    expect(wrong).toMatchObject({ code: 1, text: expect.stringContaining('inexplicable') });
    expect(none.code).toBe(2);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a run without a second is refused', async () => {
  const { code, text } = await run('main', 'memory', '0');
  expect(code).toBe(1);
  expect(text).toContain('A run takes a second at least.');
});
