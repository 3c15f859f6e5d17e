/** `again <file>…`: judges histories that a run has kept once more, with more patience (ten times, or `--most N` points). */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { judge } from '@idem/contract-tests/linearizability';
import { parseHistory } from './kept.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { most: { type: 'string', default: '1000000' } },
});
for (const file of positionals) {
  const history = parseHistory(readFileSync(file, 'utf8'));
  const begin = performance.now();
  const judgement = judge(history, Number(values.most));
  const took = ((performance.now() - begin) / 1_000).toFixed(1);
  console.log(`${file}: ${history.length} operations, ${judgement.outcome} in ${took} s`);
  if (judgement.outcome === 'inexplicable') console.log(judgement.text);
  if (judgement.outcome !== 'linearizable') process.exitCode = 1;
}
