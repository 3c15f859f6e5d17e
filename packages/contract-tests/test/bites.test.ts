import { rules, runRule } from '@idem/contract-tests';
import { describe, expect, test } from 'vitest';
import { brokenStores } from './broken/index.ts';

const byId = new Map(rules.map((rule) => [rule.id, rule]));

describe('each broken store is caught', () => {
  for (const { name, mistake, caughtBy, harness } of brokenStores) {
    for (const [id, names] of Object.entries(caughtBy)) {
      test(`${name}: ${id} fails. ${mistake}`, async () => {
        const rule = byId.get(id);
        if (rule === undefined) throw new Error(`There is no rule ${id}.`);
        const opened = harness();
        const verdict = await runRule(rule, opened, { seed: 1 });
        await opened.close?.();
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
