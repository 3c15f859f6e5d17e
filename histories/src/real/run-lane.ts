import { type Names, now, perform } from '@idem/contract-tests/linearizability';
import type { IdempotencyStore } from '@idem/core';
import type { Chance } from '../chance.ts';
import type { Lane } from '../lane.ts';
import { inTime } from './in-time.ts';
import type { Line } from './log.ts';

export interface Track {
  readonly lane: Lane;
  readonly chance: Chance;
  readonly store: IdempotencyStore;
  readonly names: Names;
  /** In how many of a thousand operations the caller gives up: each may take effect for seconds, and so explains much. */
  readonly aborts: number;
  /** Milliseconds that any operation may take, though it is never answered. */
  readonly patience: number;
  write(line: Line): void;
  /** Asked before each operation. */
  goesOn(): boolean;
}

/** One operation after the other, each written down before it is sent and when it was answered. */
export async function runLane(track: Track): Promise<void> {
  const { lane, chance, store, names, write } = track;
  for (let n = 1; track.goesOn(); n += 1) {
    const operation = lane.next();
    const id = `${lane.client}#${n}`;
    const gives = chance.below(1_000) < track.aborts ? new AbortController() : undefined;
    write({ kind: 'begun', id, client: lane.client, operation, invoked: now(), mark: Date.now() });
    const pending = perform(store, operation, names, gives?.signal);
    if (gives !== undefined) setImmediate(() => gives.abort());
    const answer = await inTime(`the end of ${operation.name}, ${id}`, pending, track.patience);
    write({ kind: 'ended', id, answer, returned: now(), mark: Date.now() });
    lane.learn(operation, answer.kind === 'rejected' ? null : answer);
    if (answer.kind === 'rejected') await new Promise((resolve) => setTimeout(resolve, 20));
    else if (chance.percent(10))
      await new Promise((resolve) => setTimeout(resolve, chance.below(20)));
    else await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Names that no other run has, the same in every process of this one. */
export function namesOf(run: string): Names {
  return {
    key: (label) => `${run}/${label}`,
    token: (label) => `${run}-${label.replaceAll('.', '_')}`.padEnd(32, '-'),
  };
}
