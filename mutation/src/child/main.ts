import { setTimeout as sleep } from 'node:timers/promises';
import { type Ability, type Harness, isAbsent } from '@idem/contract-tests';
import { cover } from './cover.ts';
import { givenServer } from './given-server.ts';
import { judge } from './judge.ts';
import { isLate } from './late.ts';
import type { Answer, Crashed, Message, Task } from './messages.ts';
import { isRefused } from './refused.ts';
import { isUnread, useMutant } from './replaced.ts';

/** Milliseconds between two signs of life: none comes from a mutant that goes round in circles. */
const PULSE = 1_000;

/** Milliseconds that rules which are under way when another has failed may take to end. */
const REST = 180_000;

let hasLoaded = false;

process.on('message', (message: Task | Crashed) => {
  if (!('harness' in message)) return;
  hasLoaded = false;
  void attempt(message).then(answer, (error: unknown) => end(failed('loading', error)));
});
// What nobody catches ends an application's process.
process.on('uncaughtException', (error) => end(failed('an error that nobody caught', error)));
// Whoever asked is gone: with it go the servers that were started here, which are in this group.
process.once('disconnect', () => process.kill(-process.pid, 'SIGKILL'));
setInterval(() => say('alive'), PULSE).unref();

interface Attempted {
  readonly answer: Answer;
  /** Whether nothing of it goes on: another mutant may be put to this process. */
  readonly isOver: boolean;
}

/** Puts the rules to the store until one fails. */
async function attempt(task: Task): Promise<Attempted> {
  const harness = await Promise.race([load(task), sleep(task.deadline)]);
  if (harness === undefined) {
    const fault = `not there after ${task.deadline} ms`;
    const hanging = { kind: 'refused', by: 'hanging before the first rule', fault } as const;
    return { answer: hanging, isOver: false };
  }
  if (isAbsent<Harness>(harness)) return over({ kind: 'absent', reason: harness.absent });
  if (isUnread()) {
    await harness.close?.();
    return over({ kind: 'absent', reason: 'the harness never loads the mutated file' });
  }
  hasLoaded = true;
  say('loaded');
  const { answer: found, rest } = await (task.covers === true ? cover : judge)(harness, task);
  // How the harness closes is no verdict on the store.
  const closed = rest
    .then(() => harness.close?.())
    .then(
      () => true,
      () => false,
    );
  return { answer: found, isOver: await Promise.race([closed, sleep(REST, false)]) };
}

/** The harness, whose client opens and closes. */
async function load({ harness: path, mutant, server }: Task): Promise<Ability<Harness>> {
  const module = `${path}${useMutant(mutant)}`;
  const loaded: { readonly default: unknown } = await import(module);
  if (!(loaded.default instanceof Function)) throw new Error(`${module} exports no function`);
  const harness = await loaded.default(server === undefined ? undefined : givenServer(server));
  if (!isAbsent<Harness>(harness)) await (await harness.open()).close();
  return harness;
}

function over(found: Answer): Attempted {
  return { answer: found, isOver: true };
}

/** What fails before there is a store is no store with a mistake. */
function failed(by: string, error: unknown): Answer {
  const fault = String(error);
  if (isLate(fault)) return { kind: 'killed', by, fault, late: true };
  return { kind: !hasLoaded || isRefused(fault) ? 'refused' : 'killed', by, fault };
}

function answer({ answer: found, isOver }: Attempted): void {
  if (isOver) {
    say(found);
    say('free');
  } else end(found);
}

function end(found: Answer): void {
  say(found, () => process.exit());
}

function say(message: Message, said: () => void = () => {}): void {
  process.send?.(message, said);
}
