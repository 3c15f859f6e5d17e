import type { Budget } from '../rule.ts';

/** Milliseconds from which a rule that passed took suspiciously long. */
const RULE: Readonly<Record<Budget, number>> = { quick: 15_000, long: 400_000 };

/** Milliseconds from which a `close` took suspiciously long: nothing is left to be waited for. */
const CLOSE = 3_000;

export function slowRule(time: number, budget: Budget): readonly string[] {
  return time < RULE[budget] ? [] : [`the rule took ${seconds(time)}`];
}

export function slowClose(what: string, time: number): readonly string[] {
  return time < CLOSE ? [] : [`${what} took ${seconds(time)}`];
}

function seconds(time: number): string {
  return `${(time / 1_000).toFixed(1)} s`;
}
