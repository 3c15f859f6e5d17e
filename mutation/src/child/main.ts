import { type Harness, isAbsent } from '@idem/contract-tests';
import { givenServer } from './given-server.ts';
import { judge } from './judge.ts';
import { isLate } from './late.ts';
import type { Answer, Message, Task } from './messages.ts';
import { isRefused } from './refused.ts';
import { isUnread } from './replaced.ts';

/** Milliseconds between two signs of life: none comes from a mutant that goes round in circles. */
const PULSE = 1_000;

let hasLoaded = false;

process.once('message', (task: Task) => {
  void attempt(task).then(answer, (error: unknown) => answer(failed('loading', error)));
});
// What nobody catches ends an application's process.
process.on('uncaughtException', (error) => answer(failed('an error that nobody caught', error)));
// Whoever asked is gone: with it go the servers that were started here, which are in this group.
process.once('disconnect', () => process.kill(-process.pid, 'SIGKILL'));
setInterval(() => say('alive'), PULSE).unref();

/** Puts the rules to the store until one fails. */
async function attempt(task: Task): Promise<Answer> {
  const { harness: module, server } = task;
  const loaded: { readonly default: unknown } = await import(module);
  if (!(loaded.default instanceof Function)) throw new Error(`${module} exports no function`);
  const harness = await loaded.default(server === undefined ? undefined : givenServer(server));
  if (isAbsent<Harness>(harness)) return { kind: 'absent', reason: harness.absent };
  try {
    await (await harness.open()).close();
    if (isUnread()) return { kind: 'absent', reason: 'the harness never loads the mutated file' };
    hasLoaded = true;
    say('loaded');
    return await judge(harness, task);
  } finally {
    await harness.close?.();
  }
}

/** What fails before there is a store is no store with a mistake. */
function failed(by: string, error: unknown): Answer {
  const fault = String(error);
  if (isLate(fault)) return { kind: 'killed', by, fault, late: true };
  return { kind: !hasLoaded || isRefused(fault) ? 'refused' : 'killed', by, fault };
}

function answer(message: Answer): void {
  say(message, () => process.exit());
}

function say(message: Message, said: () => void = () => {}): void {
  process.send?.(message, said);
}
