import { rules, runRule } from '@idem/contract-tests';
import { describe, expect, test } from 'vitest';
import { brokenForCorruption, plantedHarness } from './broken/corruption.ts';
import { brokenForDurability, durableHarness } from './broken/durability.ts';
import { brokenForFaults } from './broken/faults.ts';
import { brokenForLinearizability } from './broken/linearizability.ts';
import { brokenForModel } from './broken/model.ts';

const families = [
  ...brokenForModel,
  ...brokenForLinearizability,
  ...brokenForFaults,
  ...brokenForCorruption,
  ...brokenForDurability,
];

describe.each(families)('$name: $mistake', ({ caughtBy, harness }) => {
  test.each(Object.entries(caughtBy))('is caught by %s', { timeout: 60_000 }, async (id, says) => {
    const rule = rules.find((one) => one.id === id);
    if (rule === undefined) throw new Error(`There is no rule ${id}.`);
    const world = harness();
    const verdict = await runRule(rule, world, { seed: 1 });
    await world.close?.();
    expect(verdict).toMatchObject({ outcome: 'failed' });
    expect(verdict.outcome === 'failed' && verdict.error.message).toMatch(says);
  });
});

describe('what the broken ones are made from has no mistake', () => {
  const depth = rules.filter(({ family }) => family === 'corruption' || family === 'durability');
  test.each(depth)('$id', async (rule) => {
    const harness =
      rule.family === 'corruption' ? plantedHarness('planted') : durableHarness('durable');
    expect(await runRule(rule, harness)).toMatchObject({ outcome: 'passed' });
  });
});
