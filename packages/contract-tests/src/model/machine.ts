import { allows, type Expectation } from './expectation.ts';
import type { Interval } from './interval.ts';
import type { Answer, Operation } from './operation.ts';
import type { KeyState } from './state.ts';
import { transitions } from './transitions.ts';

/**
 * Every state the key can be in after the operation, given every state it could be in before.
 * Empty when the contract allows no such answer; an `answer` of undefined is one nobody knows.
 */
export function step(
  states: readonly KeyState[],
  operation: Operation,
  answer: Answer | undefined,
  at: Interval,
): KeyState[] {
  const next = new Map<string, KeyState>();
  for (const state of states) {
    for (const transition of transitions(state, operation, at)) {
      if (answer !== undefined && !allows(transition.expected, answer)) continue;
      const after = transition.after(answer);
      next.set(JSON.stringify(after), after);
    }
  }
  return [...next.values()];
}

/** Every answer the contract allows. */
export function expectations(
  states: readonly KeyState[],
  operation: Operation,
  at: Interval,
): Expectation[] {
  const all = states.flatMap((state) => transitions(state, operation, at));
  const distinct = new Map(all.map(({ expected }) => [JSON.stringify(expected), expected]));
  return [...distinct.values()];
}
