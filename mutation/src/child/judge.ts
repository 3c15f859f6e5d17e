import {
  type Harness,
  type Rule,
  type RunOptions,
  rules,
  runRule,
  runRules,
} from '@idem/contract-tests';
import { isLate } from './late.ts';
import type { Answer, Task } from './messages.ts';
import { isRefused } from './refused.ts';

/** How many rules are tried before the first look at their verdicts. */
const FIRST_PART = 16;

/** How often a rule that failed is put to the mutant again, by itself. */
const AGAIN = 3;

/** So many rules that did not come to an end, and nothing does any more. */
const MANY = 12;

/** A rule that failed, and what it saw. */
interface Seen {
  readonly rule: Rule;
  readonly fault: string;
}

/** Puts the rules to the store until one fails, and fails again when it runs alone. */
export async function judge(harness: Harness, { first, seed, deadline }: Task): Promise<Answer> {
  const options = { deadline, seed };
  const times: Record<string, number> = {};
  const late: Seen[] = [];
  const skipped: Rule[] = [];
  for (const part of parts(first)) {
    for await (const verdict of runRules(harness, { ...options, rules: part })) {
      if (verdict.outcome === 'passed') times[verdict.rule.id] = verdict.time;
      const { rule } = verdict;
      // The store as it is was not too slow for this one.
      if (verdict.outcome === 'skipped' && first.includes(rule.id)) skipped.push(rule);
      if (verdict.outcome !== 'failed') continue;
      const fault = verdict.faults.join('\n');
      if (isRefused(fault)) return { kind: 'refused', by: rule.id, fault };
      if (isLate(fault)) late.push({ rule, fault });
      else if (await failsAgain(harness, rule, options))
        return { kind: 'killed', by: rule.id, fault };
    }
    if (late.length >= MANY) break;
  }
  for (const { rule, fault } of late) {
    if (late.length < MANY && !(await failsAgain(harness, rule, options))) continue;
    return { kind: 'killed', by: rule.id, fault, late: true };
  }
  for (const rule of skipped) {
    const verdict = await runRule(rule, harness, options);
    if (verdict.outcome === 'passed') times[rule.id] = verdict.time;
    if (verdict.outcome === 'failed' && (await failsAgain(harness, rule, options))) {
      return { kind: 'killed', by: rule.id, fault: verdict.faults.join('\n') };
    }
  }
  const unheard = skipped.filter(({ id }) => !(id in times)).map(({ id }) => id);
  return { kind: 'survived', times, unheard };
}

/** A mistake in a race is not met each time; one failure of a busy machine is not met often. */
async function failsAgain(harness: Harness, rule: Rule, options: RunOptions): Promise<boolean> {
  for (let n = 0; n < AGAIN; n += 1) {
    const verdict = await runRule(rule, harness, options);
    if (verdict.outcome === 'failed') return true;
  }
  return false;
}

/**
 * Parts that grow, in that order: what fails early spares the rest. Rules beside which nothing may run
 * come one by one after all others, because one that failed is put again while its part still runs.
 */
function parts(first: readonly string[]): readonly (readonly Rule[])[] {
  const rank = new Map(first.map((id, at) => [id, at]));
  const last = first.length;
  const inOrder = rules.toSorted(
    (one, other) => (rank.get(one.id) ?? last) - (rank.get(other.id) ?? last),
  );
  const together = inOrder.filter((rule) => !isExclusive(rule));
  const found: (readonly Rule[])[] = [];
  for (let from = 0, size = FIRST_PART; from < together.length; from += size, size *= 2) {
    found.push(together.slice(from, from + size));
  }
  return [...found, ...inOrder.filter(isExclusive).map((rule) => [rule])];
}

function isExclusive(rule: Rule): boolean {
  return rule.grade !== 'untested' && rule.exclusive === true;
}
