import type { Held } from '@idem/core';
import type { OpenTransaction } from '../../../harness-transactions.ts';
import { lacks } from './steps.ts';
import type { Transacting } from './transacting.ts';

/** `hold` of the bound store; skips the rule where it has none. */
export function holdOf({
  bound,
}: OpenTransaction): (key: string, token: string, longest: number) => Promise<Held> {
  return bound.hold?.bind(bound) ?? lacks('hold');
}

/** The server's default level and the others, each with the words for a fault. */
export function levelsOf({
  transactions,
}: Transacting): readonly (readonly [level: string | undefined, at: string])[] {
  return [[undefined, ''], ...transactions.levels.map((level) => [level, ` at ${level}`] as const)];
}
