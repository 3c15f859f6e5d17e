/**
 * The README's test command: installs what the tests need, checks and builds every package, runs
 * every test, and ends with one line of true counts. `--only <package>` narrows the tests.
 */
import { parseArgs } from 'node:util';
import { addUpReports, removeReports } from './support/reports.ts';
import { step } from './support/step.ts';

const { values } = parseArgs({ options: { only: { type: 'string' } } });
const filter = values.only === undefined ? [] : [`--filter=${values.only}`];

console.log(`idem: all tests, on Node ${process.version}`);
await removeReports();

const steps: readonly (() => Promise<boolean>)[] = [
  () => step('a Redis server for the tests', 'node', ['scripts/ensure-redis.ts']),
  () => step('format and lint', 'biome', ['check', '.']),
  () => step('build', 'turbo', ['run', 'build', ...filter]),
  () => step('types', 'turbo', ['run', 'typecheck', ...filter]),
  () => step('unused code and dependencies', 'knip', []),
  () =>
    step('package manifests and types as a user sees them', 'node', ['scripts/check-packages.ts']),
  // Most of the tests wait, for clocks and servers. They may see the whole environment: what npm, Docker
  // and a proxy read from it is not ours to list.
  () =>
    step('tests', 'turbo', [
      'run',
      'test',
      '--concurrency=4',
      '--continue',
      '--env-mode=loose',
      ...filter,
    ]),
  () =>
    step('the conformance table in the README is current', 'node', [
      '--conditions=@idem/source',
      'scripts/conformance.ts',
      '--check',
    ]),
];

let ok = true;
for (const run of steps) ok = (await run()) && ok;

const { passed, failed, skipped, reasons } = await addUpReports();
for (const [reason, count] of reasons) console.log(`skipped ${count}: ${reason}`);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = ok && failed === 0 && passed > 0 ? 0 : 1;
