import { readFile } from 'node:fs/promises';
import { conformanceReport, rules, runRule, type Verdict } from '@idem/contract-tests';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { brokenStores } from './broken/index.ts';
import { memoryHarness } from './broken/kit/broken-store.ts';

const schema = JSON.parse(
  await readFile(new URL('../report.schema.json', import.meta.url), 'utf8'),
);

/** The schema as published, and once more so that it refuses every field that it does not describe. */
const published = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(schema);
const strict = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(
  JSON.parse(JSON.stringify({ ...schema, $id: 'strict' }), (_, value) =>
    value?.type === 'object' ? { ...value, additionalProperties: false } : value,
  ),
);

const run = { store: 'a store', budget: 'quick', seed: 1 } as const;
const some = rules.filter(({ family }) => family === 'release' || family === 'faults');

async function verdicts(harness: Parameters<typeof runRule>[1]): Promise<Verdict[]> {
  return Promise.all(some.map((rule) => runRule(rule, harness, { seed: 1 })));
}

function faultsOf(validate: ValidateFunction, report: unknown): unknown {
  validate(JSON.parse(JSON.stringify(report)));
  return validate.errors ?? [];
}

describe('report.schema.json describes', () => {
  test('the report of a store that conforms, with rules that are skipped', async () => {
    const report = conformanceReport(await verdicts(memoryHarness('a store')), run);
    expect(report.conforms).toBe(true);
    expect(report.rules.map(({ verdict }) => verdict)).toContain('skipped');
    expect(faultsOf(strict, report)).toEqual([]);
  });

  test('the report of one that does not, and of errors that nobody caught', async () => {
    const broken = brokenStores.find(({ caughtBy }) => 'release.other-token-is-false' in caughtBy);
    if (broken === undefined) throw new Error('There is no such broken store.');
    const report = conformanceReport(await verdicts(broken.harness()), {
      ...run,
      uncaught: ['an error'],
    });
    expect(report.conforms).toBe(false);
    expect(report.rules.map(({ verdict }) => verdict)).toContain('failed');
    expect(faultsOf(strict, report)).toEqual([]);
  });

  test('what a later version adds, and nothing of another shape', async () => {
    const report = conformanceReport(await verdicts(memoryHarness('a store')), run);
    expect(faultsOf(published, { ...report, later: true })).toEqual([]);
    expect(faultsOf(published, { ...report, format: 2 })).not.toEqual([]);
    expect(faultsOf(published, { ...report, seed: 'one' })).not.toEqual([]);
    const [first, ...rest] = report.rules;
    const torn = { ...report, rules: [{ ...first, verdict: 'failed', reason: null }, ...rest] };
    expect(faultsOf(published, torn)).not.toEqual([]);
  });
});
