/** The thread of the watchdog: hears how the run goes, and ends the process when it hears nothing. */
import { writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

const { deadline, pulse }: { readonly deadline: number; readonly pulse: number } = workerData;

let underWay: readonly string[] = [];
// Counted in pulses of its own: while the whole machine sleeps, neither thread has any.
let unheard = 0;

parentPort?.on('message', (ids: readonly string[]) => {
  underWay = ids;
  unheard = 0;
});

setInterval(() => {
  unheard += 1;
  if (unheard * pulse < deadline) return;
  const rules = underWay.length === 0 ? 'no rule' : underWay.join(', ');
  writeSync(
    2,
    `Something blocked the process for ${deadline / 1000} s with ${rules} under way; it is ended now, without a report. Look for a loop in the adapter that never waits.\n`,
  );
  process.kill(process.pid, 'SIGKILL');
}, pulse);
