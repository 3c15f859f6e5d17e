#!/usr/bin/env node
import { main } from './cli/main.ts';

process.exitCode = await main(process.argv.slice(2));

// Unhurried, so that a run which ends as it should is not cut short; and no timer that holds it up.
setTimeout(() => {
  console.error('Something that the harness opened keeps the process alive; it is ended now.');
  process.exit();
}, 5_000).unref();
