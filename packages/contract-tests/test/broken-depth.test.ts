import { rules, runRule } from '@idem/contract-tests';
import { describe, expect, test } from 'vitest';
import { brokenForLinearizability } from './broken/linearizability.ts';
import { brokenForModel } from './broken/model.ts';

const families = [...brokenForModel, ...brokenForLinearizability];

describe.each(families)('$name: $mistake', ({ caughtBy, harness }) => {
  test.each(Object.entries(caughtBy))('is caught by %s', async (id, says) => {
    const rule = rules.find((one) => one.id === id);
    if (rule === undefined) throw new Error(`There is no rule ${id}.`);
    const world = harness();
    const verdict = await runRule(rule, world, { seed: 1 });
    await world.close?.();
    if (process.env['SHOW'])
      console.log(verdict.outcome === 'failed' ? verdict.error.message : verdict);
    expect(verdict).toMatchObject({ outcome: 'failed' });
    expect(verdict.outcome === 'failed' && verdict.error.message).toMatch(says);
  });
});
