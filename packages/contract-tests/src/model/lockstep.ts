import { between } from './clock.ts';
import type { Step } from './generate.ts';
import { expectations, step } from './machine.ts';
import { type Names, perform } from './perform.ts';
import type { Departure, Trace, World } from './sequence.ts';
import { type KeyState, untouched } from './state.ts';

/** A sequence that is run beside others: on keys of its own, and in time with them. */
export interface Lane {
  readonly steps: readonly Step[];
  readonly names: Names;
}

interface Going extends Lane {
  readonly traces: Trace[];
  readonly states: Map<string, readonly KeyState[]>;
  next: number;
}

/**
 * Performs many sequences side by side, so that time passes once for all of them: each has as many
 * steps of time as the others, and the n-th of them comes for all at once. The operations between
 * two of them are in step too, and dated together. Answers every lane that left the model.
 */
export async function runLanes(lanes: readonly Lane[], world: World): Promise<Departure[]> {
  const departures: Departure[] = [];
  let going: Going[] = lanes.map((lane) => ({ ...lane, traces: [], states: new Map(), next: 0 }));
  for (;;) {
    const acting = going.filter((lane) => lane.steps[lane.next]?.kind === 'operation');
    if (acting.length > 0) {
      const left = await inStep(acting, world);
      departures.push(...left.values());
      going = going.filter((lane) => !left.has(lane));
      continue;
    }
    const pause = going[0]?.steps[going[0].next];
    if (pause === undefined || pause.kind === 'operation') return departures;
    await world.pause(pause);
    for (const lane of going) {
      lane.traces.push({ step: pause, answer: null });
      lane.next += 1;
    }
  }
}

/** The next operation of each, at once. */
async function inStep(
  acting: readonly Going[],
  { clients, clock }: World,
): Promise<Map<Going, Departure>> {
  const before = await clock.mark();
  const answers = await Promise.all(
    acting.map(async ({ steps, next, names }) => {
      const current = steps[next];
      if (current?.kind !== 'operation') throw new Error('It is not the turn of an operation.');
      const store = clients[current.client];
      if (store === undefined) throw new RangeError(`There is no client ${current.client}.`);
      return { current, answer: await perform(store, current.operation, names) };
    }),
  );
  const at = between(before, await clock.mark(), clock);
  const left = new Map<Going, Departure>();
  for (const [i, { current, answer }] of answers.entries()) {
    const lane = acting[i];
    if (lane === undefined) continue;
    const { operation } = current;
    lane.traces.push({ step: current, answer });
    lane.next += 1;
    const possible = lane.states.get(operation.key) ?? [untouched];
    const next = step(possible, operation, answer, at);
    if (next.length > 0) lane.states.set(operation.key, next);
    else left.set(lane, { traces: lane.traces, expected: expectations(possible, operation, at) });
  }
  return left;
}
