import type {
  Answer,
  Began,
  Called,
  Ended,
  History,
  Removed,
  StoodStill,
  Terms,
} from '../history.ts';

/** One time that a function was called. */
export interface Execution extends Omit<Began, 'kind' | 'at'> {
  readonly begunAt: number;
  /** Never, where its process ended first. */
  readonly endedAt: number;
  readonly how: Ended['how'] | undefined;
  readonly lost: boolean;
}

/** One call of `run` or `runInTransaction`. */
export interface Call extends Omit<Called, 'kind' | 'at'> {
  readonly calledAt: number;
  /** Never, where its process ended first, or it hangs. */
  readonly answeredAt: number;
  readonly answer: Answer | undefined;
  /** Those of its function. */
  readonly executions: readonly Execution[];
}

/** A history, read: who executed, who was answered what. */
export interface Reading {
  readonly terms: Terms;
  readonly calls: readonly Call[];
  /** In the order in which they began. */
  readonly executions: ReadonlyMap<string, Execution>;
  readonly effects: readonly string[];
  readonly stoodStill: readonly StoodStill[];
  readonly removals: readonly Removed[];
}

/** A rule that is broken. */
export interface Violation {
  readonly rule: string;
  readonly key: string;
  readonly message: string;
}

export type Rule = (reading: Reading) => readonly Violation[];

/** Milliseconds by which the server's whole milliseconds and the clients' clock may differ. */
export const GRACE = 20;

const NEVER: number = Number.POSITIVE_INFINITY;

export function read({ terms, events, effects }: History): Reading {
  const ordered = events.toSorted((a, b) => a.at - b.at);
  const ends = new Map(ordered.flatMap((one) => (one.kind === 'ended' ? [[one.id, one]] : [])));
  const answers = new Map(
    ordered.flatMap((one) => (one.kind === 'answered' ? [[one.call, one]] : [])),
  );
  const executions = new Map<string, Execution>();
  for (const event of ordered) {
    if (event.kind !== 'began') continue;
    const { kind: _, at: begunAt, ...began } = event;
    const end = ends.get(event.id);
    const how = end?.how;
    const lost = end?.lost ?? false;
    executions.set(event.id, { ...began, begunAt, endedAt: end?.at ?? NEVER, how, lost });
  }
  const calls = ordered.flatMap((event): Call[] => {
    if (event.kind !== 'called') return [];
    const { kind: _, at: calledAt, ...called } = event;
    const answered = answers.get(event.call);
    const own = [...executions.values()].filter(({ call }) => call === event.call);
    const answeredAt = answered?.at ?? NEVER;
    return [{ ...called, calledAt, answeredAt, answer: answered?.answer, executions: own }];
  });
  const stoodStill = ordered.flatMap((one) => (one.kind === 'stood still' ? [one] : []));
  const removals = ordered.flatMap((one) => (one.kind === 'removed' ? [one] : []));
  return { terms, calls, executions, effects, stoodStill, removals };
}

/** Somebody may have removed what was at the key between two instants. */
export function wasRemoved({ removals }: Reading, key: string, from: number, to: number): boolean {
  return removals.some(
    (removal) => removal.key === key && removal.since <= to && removal.at >= from,
  );
}

export function keysOf({ calls }: Reading): readonly string[] {
  return [...new Set(calls.map(({ key }) => key))];
}

/** The executions of a key, in the order in which they began. */
export function executionsOf({ executions }: Reading, key: string): readonly Execution[] {
  return [...executions.values()].filter((execution) => execution.key === key);
}

/** How long a process did nothing between two instants. */
export function stoodStill(
  { stoodStill: spans }: Reading,
  process: string,
  from: number,
  to: number,
): number {
  return spans
    .filter((span) => span.process === process)
    .reduce((sum, { since, at }) => sum + Math.max(0, Math.min(at, to) - Math.max(since, from)), 0);
}
