import type { IdempotencyStore } from '@idem/core';
import { between, type ModelClock } from '../model/clock.ts';
import { now } from '../model/monotonic.ts';
import { type Names, perform } from '../model/perform.ts';
import type { Recorded } from './history.ts';
import type { Program, ProgramStep } from './program.ts';

/** What a program is run with. */
export interface Stage {
  readonly clock: ModelClock;
  readonly names: Names;
  pause(by: number): Promise<void>;
}

/** What came of a run: the history, and why operations were rejected that nobody aborted. */
export interface Recording {
  readonly history: readonly Recorded[];
  readonly rejections: readonly Rejection[];
}

export interface Rejection {
  readonly reason: string;
  readonly retryable: boolean;
}

/** Runs the programs side by side, each on the store given for it, and takes down what each saw. */
export async function record(
  lanes: readonly { readonly program: Program; readonly store: IdempotencyStore }[],
  stage: Stage,
): Promise<Recording> {
  const parts = await Promise.all(lanes.map(({ program, store }) => run(program, store, stage)));
  return merge(parts);
}

export function merge(parts: readonly Recording[]): Recording {
  return {
    history: parts.flatMap(({ history }) => history),
    rejections: parts.flatMap(({ rejections }) => rejections),
  };
}

async function run(program: Program, store: IdempotencyStore, stage: Stage): Promise<Recording> {
  const history: Recorded[] = [];
  const rejections: Rejection[] = [];
  for (const step of program.steps) {
    if (step.kind === 'pause') await stage.pause(step.by);
    else history.push(await runOperation(program.client, step, store, stage, rejections));
  }
  return { history, rejections };
}

async function runOperation(
  client: string,
  { operation, abort }: Extract<ProgramStep, { kind: 'operation' }>,
  store: IdempotencyStore,
  { clock, names }: Stage,
  rejections: Rejection[],
): Promise<Recorded> {
  const controller = abort === null ? undefined : new AbortController();
  const before = await clock.mark();
  const invoked = now();
  const pending = perform(store, operation, names, controller?.signal);
  if (abort === 'at once') controller?.abort();
  if (abort === 'soon') setImmediate(() => controller?.abort());
  const answer = await pending;
  const returned = now();
  if (answer.kind !== 'rejected') {
    const at = between(before, await clock.mark(), clock);
    return { client, operation, answer, invoked, returned, at };
  }
  if (controller === undefined) rejections.push(answer);
  const at = between(before, Number.POSITIVE_INFINITY, clock);
  return { client, operation, answer: null, invoked, returned: Number.POSITIVE_INFINITY, at };
}
