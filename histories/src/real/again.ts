/**
 * `again <file>…`: judges histories that a run has kept once more, with more patience (ten times, or
 * `--most N` points). What tells of the faults of a run (`violation-…-faults.json`) is no history.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { judge } from '@idem/contract-tests/linearizability';
import { parseHistory } from './kept.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { most: { type: 'string', default: '1000000' } },
});
const histories = positionals.filter((file) => !file.endsWith('-faults.json'));
if (histories.length === 0) {
  console.error('Name the files of histories that are to be judged.');
  process.exit(2);
}
for (const file of histories) {
  const history = parseHistory(readFileSync(file, 'utf8'));
  const begin = performance.now();
  const judgement = judge(history, Number(values.most));
  const took = ((performance.now() - begin) / 1_000).toFixed(1);
  console.log(`${file}: ${history.length} operations, ${judgement.outcome} in ${took} s`);
  if (judgement.outcome === 'inexplicable') console.log(judgement.text);
  if (judgement.outcome !== 'linearizable') process.exitCode = 1;
}
