import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const program = fileURLToPath(new URL('./programs/changed-operations.ts', import.meta.url));

test('a mistake is seen by whoever calls an operation whose text it changes', async () => {
  // By the loader's hooks, which are no matter of a test's process.
  const asking = fork(program, { execArgv: ['--conditions=@idem/source'] });
  const [told] = await once(asking, 'message');
  const [inOne, inSeveral, inNone, ofTheApplication] = [
    "WHEN State = 'vacant' THEN 'vacant'",
    'SET XACT_ABORT ON;',
    'PurgeShard TINYINT NOT NULL,',
    'SET ROWCOUNT 0;',
  ] as const;
  expect(told).toEqual({
    changed: {
      [inOne]: ['inspect'],
      [inSeveral]: ['remove', 'complete', 'release', 'renew'],
      [inNone]: [],
      [ofTheApplication]: ['purge'],
    },
    without: {
      [inOne]: ['renews', 'finds'],
      [inSeveral]: ['inspects', 'finds'],
      // Whoever comes to these is not known.
      [inNone]: [],
      [ofTheApplication]: [],
    },
  });
}, 120_000);
