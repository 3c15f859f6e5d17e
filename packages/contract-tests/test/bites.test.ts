import { type Harness, type Rule, rules, runRule, type Verdict } from '@idem/contract-tests';
import { describe, expect, test } from 'vitest';
import { brokenStores } from './broken/index.ts';

const byId = new Map(rules.map((rule) => [rule.id, rule]));

async function verdictOf(rule: Rule, harness: Harness, seed: number): Promise<Verdict> {
  const verdict = await runRule(rule, harness, { seed });
  await harness.close?.();
  return verdict;
}

describe('each broken store is caught', () => {
  for (const { name, mistake, caughtBy, harness } of brokenStores) {
    for (const [id, names] of Object.entries(caughtBy)) {
      test(`${name}: ${id} fails. ${mistake}`, async () => {
        const rule = byId.get(id);
        if (rule === undefined) throw new Error(`There is no rule ${id}.`);
        // What a rule finds by chance it may miss once, on a machine that leaves it little time.
        const seeds = rule.grade === 'stochastic' ? [1, 2, 3, 4] : [1];
        let verdict = await verdictOf(rule, harness(), 1);
        for (const seed of seeds.slice(1)) {
          if (verdict.outcome === 'failed') break;
          verdict = await verdictOf(rule, harness(), seed);
        }
        if (verdict.outcome !== 'failed') throw new Error(`${id} ${verdict.outcome} on ${name}`);
        expect(verdict.faults.join('\n')).toMatch(names);
      });
    }
  }
});

test('the names of broken stores are their own', () => {
  const names = brokenStores.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
});

test('at least 60 realistic mistakes are caught', () => {
  expect(brokenStores.length).toBeGreaterThanOrEqual(60);
});

test('every rule that can be tested is proven to bite', () => {
  const proven = new Set(brokenStores.flatMap(({ caughtBy }) => Object.keys(caughtBy)));
  const unproven = rules.filter(({ id, grade }) => grade !== 'untested' && !proven.has(id));
  expect(unproven.map(({ id }) => id)).toEqual([]);
});
