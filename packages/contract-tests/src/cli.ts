#!/usr/bin/env node
import { main } from './cli/main.ts';

let code: number | undefined;

// Whoever ends the process before the run has ended has not shown that the store conforms; and what
// an adapter does with the exit code once the report is written is no verdict.
function settle(given: number): void {
  if (code === undefined) {
    console.error(
      'The process was ended before the run: by process.exit, or by what never settles.',
    );
  }
  process.exitCode = code === 0 ? given : (code ?? 1);
}

process.on('exit', settle);
code = await main(process.argv.slice(2));
process.exitCode = code;
// After those of the harness, which may be of another opinion.
process.off('exit', settle);
process.on('exit', settle);

// Whoever has sent a signal waits for the end, and not for what the harness left open.
if (code > 128) process.exit();

// Unhurried, so that a run which ends as it should is not cut short; and no timer that holds it up.
setTimeout(() => {
  console.error('Something that the harness opened keeps the process alive; it is ended now.');
  process.exit();
}, 5_000).unref();
