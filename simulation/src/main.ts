import { parseArgs } from 'node:util';
import { enumerate } from './enumerate.ts';
import { simulateSeed } from './simulate.ts';
import type { Core } from './story/host.ts';
import { wrongExecutors } from './wrong/list.ts';
import { findOut, loadCore, loadWrong } from './wrong/load.ts';

const USAGE = `node --conditions=@idem/source src/main.ts
  --seed <n>              one run, with its trace
  long [runs] [from]      so many runs, from a seed on; ends at the first that fails
  small [depth]           every interleaving of a small scope
  wrong                   every wrong executor, and what caught it
Any of them with --wrong <name> for a wrong executor instead of ours.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string' }, wrong: { type: 'string' }, help: { type: 'boolean' } },
});
const [command = '', first, second] = positionals;
const core = await (values.wrong === undefined ? loadCore() : loadWrong(values.wrong));

if (values.seed !== undefined) await one(core, whole(values.seed));
else if (command === 'long') await many(core, whole(first ?? '1000000'), whole(second ?? '1'));
else if (command === 'small') await small(core, whole(first ?? '6'));
else if (command === 'wrong') await wrong();
else console.log(USAGE);

async function one(core: Core, seed: number): Promise<void> {
  const { failure, trace } = await simulateSeed(core, seed, true);
  console.log(trace);
  if (failure === undefined) console.log(`seed ${seed} holds`);
  else broken(`seed ${seed}`, failure.check, failure.message);
}

async function many(core: Core, runs: number, from: number): Promise<void> {
  let said = performance.now();
  for (let seed = from; seed < from + runs; seed++) {
    if ((await simulateSeed(core, seed)).failure !== undefined) return one(core, seed);
    if (performance.now() - said < 5_000) continue;
    said = performance.now();
    console.log(`${seed - from + 1} of ${runs} runs hold`);
  }
  console.log(`${runs} runs hold, seeds ${from} to ${from + runs - 1}`);
}

async function small(core: Core, depth: number): Promise<void> {
  for (const transactional of [false, true]) {
    const what = transactional ? 'runInTransaction' : 'run';
    const { count, failed } = await enumerate(core, transactional, depth);
    if (failed !== undefined) {
      const { trace, failure } = failed.outcome;
      console.log(trace);
      return broken(
        `choices ${failed.tape.join(' ')}`,
        failure?.check ?? '',
        failure?.message ?? '',
      );
    }
    console.log(`${count} interleavings of ${what} hold, every one up to ${depth} choices`);
  }
}

async function wrong(): Promise<void> {
  for (const { name } of wrongExecutors) {
    const found = await findOut(await loadWrong(name));
    if (found === undefined) process.exitCode = 1;
    console.log(found === undefined ? `NOT CAUGHT: ${name}` : `caught: ${name}: ${found}`);
  }
}

function broken(where: string, check: string, message: string): void {
  console.log(`${where} breaks “${check}”: ${message}`);
  process.exitCode = 1;
}

function whole(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0) {
    console.error(`A whole number was expected, not ${text}.\n${USAGE}`);
    process.exit(2);
  }
  return number;
}
