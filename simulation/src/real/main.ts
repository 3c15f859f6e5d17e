/** `real redis|sqlserver [seconds] [--seed N] [--wrong name]`: the executor over a real store, in real time. */
import { parseArgs } from 'node:util';
import { copyWrong } from '../wrong/load.ts';
import type { Backend } from './backend/backend.ts';
import { redisBackend } from './backend/redis.ts';
import { sqlserverBackend } from './backend/sqlserver.ts';
import { conduct } from './conductor.ts';
import { inWords } from './counts.ts';

const USAGE = `real redis|sqlserver [seconds] [--seed <n>] [--wrong <name>]
  seconds    how long stories begin, 60 by default
  --seed     the first story; what it and the next are, and what goes wrong when, follows from it
  --wrong    a wrong executor of src/wrong instead of ours`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string' }, wrong: { type: 'string' } },
});
const [name = '', duration = '60'] = positionals;
const seconds = whole(duration);
const seed = whole(values.seed ?? String(Date.now() % 1_000_000));

const backend = await find(name);
if ('absent' in backend) {
  console.log(`not run: ${backend.absent}\n1 skipped`);
} else {
  console.log(`${backend.description}; ${seconds} s from seed ${seed}`);
  try {
    const core = values.wrong === undefined ? undefined : await copyWrong(values.wrong);
    const result = await conduct(backend, { seconds, seed, core });
    for (const what of result.broken) console.log(`\n${what}`);
    console.log(`\n${inWords(result.counts)}`);
    const verdict = result.broken.length === 0 ? 'every rule holds' : 'broken';
    console.log(`${verdict}, after ${result.seconds.toFixed(1)} s`);
    process.exitCode = result.broken.length === 0 ? 0 : 1;
  } finally {
    await backend.stop();
  }
}

function find(wanted: string): Promise<Backend | { readonly absent: string }> {
  switch (wanted) {
    case 'redis':
      return redisBackend(seed);
    case 'sqlserver':
      return sqlserverBackend();
    default:
      console.error(`redis or sqlserver was expected, not “${wanted}”.\n${USAGE}`);
      process.exit(2);
  }
}

function whole(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0) {
    console.error(`A whole number was expected, not ${text}.\n${USAGE}`);
    process.exit(2);
  }
  return number;
}
