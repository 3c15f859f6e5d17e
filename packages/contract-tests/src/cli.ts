#!/usr/bin/env node
import { main } from './cli/main.ts';

let ended = false;

// Whoever ends the process before the run has ended has not shown that the store conforms.
process.on('exit', () => {
  if (ended) return;
  console.error('The process was ended before the run: by process.exit, or by what never settles.');
  process.exitCode = 1;
});

try {
  process.exitCode = await main(process.argv.slice(2));
} finally {
  ended = true;
}

// Unhurried, so that a run which ends as it should is not cut short; and no timer that holds it up.
setTimeout(() => {
  console.error('Something that the harness opened keeps the process alive; it is ended now.');
  process.exit();
}, 5_000).unref();
