import type { IdempotencyStore } from '@idem/core';
import { between, type ModelClock } from './clock.ts';
import type { Expectation } from './expectation.ts';
import type { Pause, Step } from './generate.ts';
import { expectations, step } from './machine.ts';
import type { Answer } from './operation.ts';
import { type Names, perform } from './perform.ts';
import { type KeyState, untouched } from './state.ts';

/** What a sequence runs on. */
export interface World {
  readonly clients: readonly IdempotencyStore[];
  readonly clock: ModelClock;
  /** Lets time pass at the backend, by this much or more where its clock only runs; or crashes it. */
  pause(pause: Pause): Promise<void>;
}

/** A step as it went. */
export type Trace =
  | { readonly step: Extract<Step, { kind: 'operation' }>; readonly answer: Answer }
  | { readonly step: Pause; readonly answer: null };

/** Where a store left the model: the last trace has an answer that is none of `expected`. */
export interface Departure {
  readonly traces: readonly Trace[];
  readonly expected: readonly Expectation[];
}

/** Performs the steps one after the other; null when every answer was one that the model allows. */
export async function runSequence(
  steps: readonly Step[],
  world: World,
  names: Names,
): Promise<Departure | null> {
  const { clock } = world;
  const states = new Map<string, readonly KeyState[]>();
  const traces: Trace[] = [];
  let before = await clock.mark();
  for (const current of steps) {
    if (current.kind !== 'operation') {
      await world.pause(current);
      traces.push({ step: current, answer: null });
      before = await clock.mark();
      continue;
    }
    const { operation } = current;
    const store = world.clients[current.client];
    if (store === undefined) throw new RangeError(`There is no client ${current.client}.`);
    const answer = await perform(store, operation, names);
    const after = await clock.mark();
    traces.push({ step: current, answer });

    const at = between(before, after, clock);
    const possible = states.get(operation.key) ?? [untouched];
    const next = step(possible, operation, answer, at);
    if (next.length === 0) return { traces, expected: expectations(possible, operation, at) };
    states.set(operation.key, next);
    before = after;
  }
  return null;
}
