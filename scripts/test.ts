/**
 * The README's test command: installs what the tests need, checks and builds every package, runs
 * every test, and ends with one line of true counts. `--only <package>` narrows every step to one
 * package; `--list` prints the steps and runs none.
 */
import { parseArgs } from 'node:util';
import { addUpReports, removeReports } from './support/reports.ts';
import { step } from './support/step.ts';
import { testSteps } from './support/test-steps.ts';
import { workspacePackages } from './support/workspace.ts';

const { values } = parseArgs({
  options: { only: { type: 'string' }, list: { type: 'boolean', default: false } },
});
const packages = await workspacePackages();
const only = packages.find(({ name }) => name === values.only);
if (values.only !== undefined && only === undefined) {
  const names = packages.map(({ name }) => name).join(', ');
  console.error(`There is no package ${values.only}. These are there: ${names}`);
  process.exit(2);
}
const stages = testSteps(only);
if (values.list) {
  for (const { command, args } of stages.flat()) console.log([command, ...args].join(' '));
  process.exit(0);
}

console.log(`idem: ${only?.name ?? 'all tests'}, on Node ${process.version}`);
await removeReports();

let ok = true;
for (const steps of stages) {
  const ended = await Promise.all(steps.map((one) => step(one.title, one.command, one.args)));
  ok &&= ended.every(Boolean);
}

const { passed, failures, skipped, reasons } = await addUpReports();
for (const [reason, count] of reasons) console.log(`skipped ${count}: ${reason}`);
// Last, where the end of a long log shows them.
for (const failure of failures) console.log(`failed: ${failure}`);
console.log(`${passed} passed, ${failures.length} failed, ${skipped} skipped`);
process.exitCode = ok && failures.length === 0 && passed > 0 ? 0 : 1;
