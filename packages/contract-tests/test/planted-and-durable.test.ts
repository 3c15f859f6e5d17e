import { type Crashed, rules, runRule } from '@idem/contract-tests';
import { expect, test } from 'vitest';
import { plantedHarness } from './broken/corruption.ts';
import { durableHarness } from './broken/durability.ts';

const inFamily = (name: string) => rules.filter(({ family }) => family === name);

test.each(inFamily('corruption'))(
  'a store that reports what it cannot read keeps $id',
  async (rule) => {
    expect(await runRule(rule, plantedHarness('planted'))).toMatchObject({ outcome: 'passed' });
  },
);

test.each(inFamily('durability'))('a store that keeps everything keeps $id', async (rule) => {
  expect(await runRule(rule, durableHarness('durable'))).toMatchObject({ outcome: 'passed' });
});

test('a store that promises no durability is skipped with its own reason', async () => {
  for (const rule of inFamily('durability')) {
    const harness = {
      ...plantedHarness('in memory'),
      crash: async (): Promise<Crashed> => 'killed',
    };
    const verdict = await runRule(rule, harness);
    expect(verdict).toMatchObject({ outcome: 'skipped', reason: 'the records are in memory' });
  }
});
