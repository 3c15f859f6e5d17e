import { type Family, type Rule, rules } from '@idem/contract-tests';

/**
 * The families whose verdict can depend on how the server is reached: the driver, the topology. What
 * the others look at is decided by the scripts, which are the same text on every server.
 */
const FAMILIES: ReadonlySet<Family> = new Set<Family>([
  'arguments',
  'cancellation',
  'concurrency',
  'durability',
  'faults',
  'keys',
  'lifecycle',
  'repetition',
  'values',
  'watch',
]);

/** For a second way to the same server; all the rules are put to it by `pnpm run contracts`, every night. */
export const rulesOfTheWay: readonly Rule[] = rules.filter(({ family }) => FAMILIES.has(family));
