import { type Family, type Rule, rules } from '@idem/contract-tests';

/**
 * The families whose verdict can depend on how the server is reached. What the others look at is decided
 * by the scripts, which are the same text on every server, or by its disk.
 */
const CONNECTION: readonly Family[] = ['cancellation', 'faults', 'lifecycle', 'watch'];
const FAMILIES: Readonly<Record<'driver' | 'cluster' | 'sentinel', readonly Family[]>> = {
  // Another driver writes what is sent and reads the answers.
  driver: [...CONNECTION, 'arguments', 'keys', 'repetition', 'values'],
  // The same driver: but the key says which server is asked.
  cluster: [...CONNECTION, 'keys'],
  // The same driver and one server, which is another after a failover.
  sentinel: CONNECTION,
};

/** For a second way to the same server; all the rules are put to it by `pnpm run contracts`, every night. */
export function rulesOfTheWay(way: keyof typeof FAMILIES): readonly Rule[] {
  return rules.filter(({ family }) => FAMILIES[way].includes(family));
}
