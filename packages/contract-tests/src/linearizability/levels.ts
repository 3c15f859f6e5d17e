import { ascending } from './order.ts';
import type { Call } from './sequential.ts';

/** The moment when a call ends, and the calls that were under way then; calls are named by their place in the history. */
export interface Level {
  readonly ends: number;
  /** Those that an order must contain, in the order of their ends, `ends` included. */
  readonly required: readonly number[];
  /** Those that may have taken effect or not, in the order of their ends. */
  readonly optional: readonly number[];
}

/** A history as the moments at which something had to have happened. */
export function levelsOf(calls: readonly Call<unknown>[]): Level[] {
  const byBegin = [...calls.keys()].sort((one, other) =>
    ascending(invoked(calls, one), invoked(calls, other)),
  );
  const byEnd = [...calls.keys()]
    .filter((call) => returned(calls, call) < Number.POSITIVE_INFINITY)
    .sort((one, other) => ascending(returned(calls, one), returned(calls, other)));
  const levels: Level[] = [];
  let [required, optional]: [readonly number[], readonly number[]] = [[], []];
  let begun = 0;
  for (const ends of byEnd) {
    const end = returned(calls, ends);
    // What begins at the very moment when another ends overlaps it.
    for (; begun < byBegin.length; begun += 1) {
      const call = byBegin[begun] ?? 0;
      if (invoked(calls, call) > end) break;
      if (calls[call]?.required === true) required = added(calls, required, call);
      else optional = added(calls, optional, call);
    }
    levels.push({ ends, required, optional });
    required = without(required, ends);
    optional = without(optional, ends);
  }
  return levels;
}

function added(calls: readonly Call<unknown>[], open: readonly number[], call: number): number[] {
  const end = returned(calls, call);
  const place = open.findIndex((other) => returned(calls, other) > end);
  return place < 0 ? [...open, call] : open.toSpliced(place, 0, call);
}

/** The same array where the call is not in it: most levels share theirs with the one before. */
export function without(open: readonly number[], call: number): readonly number[] {
  return open.includes(call) ? open.filter((other) => other !== call) : open;
}

function invoked(calls: readonly Call<unknown>[], call: number): number {
  return calls[call]?.invoked ?? 0;
}

function returned(calls: readonly Call<unknown>[], call: number): number {
  return calls[call]?.returned ?? 0;
}
