import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const program = fileURLToPath(new URL('./programs/changed-operations.ts', import.meta.url));

/** By the loader's hooks, which are no matter of a test's process. */
async function changed(): Promise<Readonly<Record<string, readonly string[]>>> {
  const asking = fork(program, { execArgv: ['--conditions=@idem/source'] });
  const [answer] = await once(asking, 'message');
  return answer;
}

test('a mistake is seen by whoever calls an operation whose text it changes', async () => {
  expect(await changed()).toEqual({
    // In one procedure, in what several are put together of, and in none of them.
    "WHEN State = 'vacant' THEN 'vacant'": ['inspect'],
    'SET XACT_ABORT ON;': ['remove', 'complete', 'release', 'renew'],
    'PurgeShard TINYINT NOT NULL,': [],
  });
}, 60_000);
