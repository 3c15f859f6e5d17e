import type { Interval } from '../model/interval.ts';
import type { Answer, Operation } from '../model/operation.ts';

/** One operation of a concurrent history, as its caller saw it. */
export interface Recorded {
  /** Who called: one caller has one operation under way at a time, unless an earlier one was given up. */
  readonly client: string;
  readonly operation: Operation;
  /**
   * Null when nobody knows what was answered, because it was aborted or rejected: it may have taken
   * effect until `returned`, or never.
   */
  readonly answer: Answer | null;
  readonly invoked: number;
  /**
   * On a clock that never steps, in milliseconds, as `invoked` is. Infinity for an operation that
   * may have taken effect at any later moment, or never.
   */
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

/** True for an operation that an order must contain: it has come to its end, and was answered. */
export function hasReturned({ answer, returned }: Recorded): boolean {
  return answer !== null && returned < Number.POSITIVE_INFINITY;
}

/** True when the operation, with its answer, changed nothing: to leave it out of a history only loosens it. */
export function isObservation({ operation, answer }: Recorded): boolean {
  if (['find', 'exists', 'inspect'].includes(operation.name)) return true;
  if (answer === null) return false;
  if (answer.kind === 'boolean') return !answer.value;
  return answer.kind === 'in-progress' || answer.kind === 'completed';
}
