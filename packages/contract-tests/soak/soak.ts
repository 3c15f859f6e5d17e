import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { runRules } from '@idem/contract-tests';
import { memoryHarness, runningHarness } from '../test/broken/kit/broken-store.ts';

/**
 * Puts a store with no mistake to every rule, many times in a row, with every core kept busy: a
 * suite that raises a false alarm is a suite that people learn to ignore.
 *
 *     pnpm --filter @idem/contract-tests soak [runs]
 */
const runs = Number(process.argv[2] ?? 200);
const cores = availableParallelism();
const busy = 'for (;;);';
const load = Array.from({ length: cores }, () => new Worker(busy, { eval: true }));
console.log(`${runs} runs, each with a driven and with a running clock, ${cores} cores kept busy`);

const started = performance.now();
const counts = { passed: 0, skipped: 0, failed: 0 };
const tooSlow = new Map<string, number>();
for (let run = 1; run <= runs; run += 1) {
  for (const harness of [memoryHarness('driven clock'), runningHarness('running clock')]) {
    for await (const verdict of runRules(harness, { seed: run })) {
      counts[verdict.outcome] += 1;
      if (verdict.outcome === 'failed') {
        console.error(`run ${run}, ${harness.name}\n${verdict.error.message}`);
      }
      if (verdict.outcome === 'skipped' && verdict.reason.includes('too slow')) {
        tooSlow.set(verdict.rule.id, (tooSlow.get(verdict.rule.id) ?? 0) + 1);
      }
    }
  }
  if (run % 10 === 0 || run === runs) console.log(`run ${run}: ${counts.failed} false alarms`);
}
await Promise.all(load.map((worker) => worker.terminate()));

const seconds = Math.round((performance.now() - started) / 1_000);
console.log(
  `${counts.passed} passed, ${counts.skipped} skipped, ${counts.failed} false alarms in ${runs} runs, ${seconds} s`,
);
for (const [id, count] of tooSlow) console.log(`too slow to judge ${count} times: ${id}`);
process.exitCode = counts.failed === 0 ? 0 : 1;
