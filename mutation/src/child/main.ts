import { type Harness, isAbsent } from '@idem/contract-tests';
import { givenServer } from './given-server.ts';
import { judge } from './judge.ts';
import type { Answer, Crashed, Task } from './messages.ts';
import { isRefused } from './refused.ts';
import { useMutant } from './replace.ts';

process.on('message', (message: Task | Crashed) => {
  if (!('harness' in message)) return;
  void attempt(message).then(answer, (error: unknown) => answer(failed('loading', error)));
});
// What nobody catches ends an application's process.
process.on('uncaughtException', (error) => answer(failed('an error that nobody caught', error)));
// Nobody is left to hear of it.
process.on('disconnect', () => process.exit());

/** Puts the rules to the store until one fails. */
async function attempt(task: Task): Promise<Answer> {
  const { server, mutant = '' } = task;
  const module = `${task.harness}${useMutant(mutant)}`;
  const loaded: { readonly default: unknown } = await import(module);
  if (!(loaded.default instanceof Function)) throw new Error(`${module} exports no function`);
  const harness = await loaded.default(server === undefined ? undefined : givenServer(server));
  if (isAbsent<Harness>(harness)) return { kind: 'absent', reason: harness.absent };
  try {
    return await judge(harness, task);
  } finally {
    await harness.close?.();
  }
}

function failed(by: string, error: unknown): Answer {
  const fault = String(error);
  return { kind: isRefused(fault) ? 'refused' : 'killed', by, fault };
}

function answer(message: Answer): void {
  process.send?.(message);
}
