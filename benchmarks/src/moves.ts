/**
 * How far a reader has to jump who follows one call of `run` over the memory store: every function
 * that is entered, in order, and how often the next one stands in another file. The call itself
 * counts as the first move; to come back from a call is none.
 *
 * Two counts. *The executor*: the rooms `executor` and `results`, what `run` is made of; what it only
 * uses (timers, latches, checks, the store) is no move. This is the count the bars are for. *Core*:
 * every file of the package, the checks and the adapter kit that the store goes through included.
 * `--trace` prints the path.
 */
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Entry, traceFunctionEntries } from './support/function-entries.ts';

const core = fileURLToPath(new URL('../../packages/core/src/', import.meta.url));
// Before the packages are imported: only what is loaded from now on is traced.
const entries = traceFunctionEntries((path) => path.startsWith(core));
const { Idempotency } = await import('@idem/core');
const { MemoryStore } = await import('@idem/memory');

/** At most half of what it took before the executor had one path: 43 and 23, and 77 and 41 in core. */
const BARS = { vacant: { executor: 21, core: 38 }, replay: { executor: 11, core: 20 } };

const idempotency = new Idempotency({ store: new MemoryStore(), ttl: 86_400_000 });
for (const call of ['vacant', 'replay'] as const) {
  entries.length = 0;
  await idempotency.run('key', async () => ({ charged: true }));
  // What is done after the answer was given is part of the call.
  await new Promise((resolve) => setImmediate(resolve));
  const all = entries.map(({ file, line }) => ({ file: relative(file), line }));
  row(call, 'executor', all.filter(isOfExecutor));
  row(call, 'core', all);
}

function relative(file: string): string {
  return file.slice(core.length).replaceAll(sep, '/');
}

function isOfExecutor({ file }: Entry): boolean {
  return file.startsWith('executor/') || file.startsWith('results/');
}

function row(
  call: keyof typeof BARS,
  scope: keyof (typeof BARS)['vacant'],
  path: readonly Entry[],
): void {
  const moves = path.filter(({ file }, index) => file !== path[index - 1]?.file).length;
  const files = new Set(path.map(({ file }) => file)).size;
  const bar = BARS[call][scope];
  const verdict = moves <= bar ? 'met   ' : 'missed';
  const name = `${call}, ${scope === 'core' ? 'all of core' : 'the executor'}`;
  console.log(
    `${verdict} ${name.padEnd(22)} ${moves} moves among ${files} files (bar ${bar}), ${path.length} functions entered`,
  );
  if (!process.argv.includes('--trace') || scope === 'core') return;
  for (const { file, line } of path) console.log(`         ${file}:${line}`);
}
