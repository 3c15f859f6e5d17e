import type { Interval } from '../model/interval.ts';
import type { Answer, Operation } from '../model/operation.ts';

/** One operation of a concurrent history, as its caller saw it. */
export interface Recorded {
  /** Who called: one caller has one operation under way at a time, unless an earlier one was given up. */
  readonly client: string;
  readonly operation: Operation;
  /**
   * Null when nobody knows what became of it, because it was aborted or rejected: it may take
   * effect at any later moment, or never.
   */
  readonly answer: Answer | null;
  /** Milliseconds on a clock that never steps; `returned` is Infinity where there is no answer. */
  readonly invoked: number;
  readonly returned: number;
  /** When it took effect, by the clock that leases are judged by. */
  readonly at: Interval;
}

/** The histories of the keys, which are independent of one another: the contract holds per key. */
export function byKey(history: readonly Recorded[]): Map<string, Recorded[]> {
  const keys = new Map<string, Recorded[]>();
  for (const recorded of history) {
    const { key } = recorded.operation;
    const known = keys.get(key);
    if (known === undefined) keys.set(key, [recorded]);
    else known.push(recorded);
  }
  return keys;
}

/** True when the answer says that the operation changed nothing: to leave it out of a history only loosens it. */
export function isObservation({ operation, answer }: Recorded): boolean {
  if (answer === null) return false;
  if (operation.name === 'find' || operation.name === 'exists') return true;
  if (answer.kind === 'boolean') return !answer.value;
  return answer.kind === 'in-progress' || answer.kind === 'completed';
}
