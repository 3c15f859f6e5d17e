/**
 * `histories <backend> [seconds] [--seed N] [--wrong name] [--keep folder]`: histories of a real server under
 * faults, each judged; all of them are kept in the folder. Exits with 1 when one is wrong or undecided; with `--wrong`, when none is wrong.
 */
import { mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { loadBackend } from './backends/backend.ts';
import { conduct } from './real/conduct.ts';
import { shortcomings } from './real/shortcomings.ts';
import { wrongNames } from './wrong/wrongs.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string' }, wrong: { type: 'string' }, keep: { type: 'string' } },
});
const [name = '', duration = '600'] = positionals;
const [seconds, seed] = [whole(duration), whole(values.seed ?? String(Date.now() % 1_000_000))];
if (seconds === 0) throw new RangeError('A run takes a second at least.');
const { wrong, keep } = values;
if (keep !== undefined) mkdirSync(keep, { recursive: true });

const { start, wrongs } = await loadBackend(name);
if (wrong !== undefined && !wrongs.includes(wrong) && !wrongNames.includes(wrong)) {
  throw new RangeError(`What is wrong is one of ${[...wrongs, ...wrongNames].join(', ')}.`);
}
const backend = await start(wrong);
if ('absent' in backend) {
  console.log(`not run: ${backend.absent}\n1 skipped`);
  // A wrong server that is not there is not caught.
  process.exitCode = wrong === undefined ? 0 : 1;
} else {
  console.log(`${backend.description}; ${seconds} s from seed ${seed}`);
  try {
    const begin = performance.now();
    const result = await conduct(backend, {
      backend: name,
      seconds,
      seed,
      wrong,
      keep,
    });
    const { counts, disturbances, stoodStill, failures, violations } = result;
    for (const what of [...failures, ...violations]) console.log(`\n${what}`);
    console.log(`\n${counts.inWords(disturbances)}`);
    if (stoodStill > 0) {
      console.log(`without a fault, no answer came for ${Math.round(stoodStill)} ms at most`);
    }
    const took = Math.round((performance.now() - begin) / 1_000);
    if (wrong === undefined) {
      const lacking = shortcomings(result);
      console.log(
        lacking.length === 0
          ? 'every history is linearizable'
          : `not every history is shown to be linearizable: ${lacking.join('; ')}`,
      );
      process.exitCode = lacking.length === 0 ? 0 : 1;
    } else {
      const isCaught = violations.length > 0;
      console.log(isCaught ? `${wrong} is caught, after ${took} s` : `${wrong} was not caught`);
      process.exitCode = isCaught ? 0 : 1;
    }
  } finally {
    await backend.stop();
  }
  // Left to itself, Node 24 now and then spins for ever in its own last clean-up.
  process.exit();
}

function whole(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw new RangeError(`A whole number was expected, not ${text}.`);
}
