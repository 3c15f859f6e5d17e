import { now } from '../../model/monotonic.ts';
import type { RuleContext } from '../../rule.ts';

const LONGER = 20;
const PATIENCE = { quick: 4_000, long: 300_000 } as const;

/** How often a rule tries what is found by chance: `quick` times, or twenty times that. */
export function roundsOf({ budget }: RuleContext, quick: number): number {
  return budget === 'quick' ? quick : quick * LONGER;
}

/** Milliseconds after which a rule tries no more: a slow machine tries less, and raises no alarm. */
export function patienceOf({ budget }: RuleContext): number {
  return PATIENCE[budget];
}

/** Counts the rounds, until there were enough or patience is at its end. */
export function* rounds(context: RuleContext, quick: number): Generator<number, void, undefined> {
  const end = now() + patienceOf(context);
  const count = roundsOf(context, quick);
  for (let round = 0; round < count && now() < end; round += 1) yield round;
}
