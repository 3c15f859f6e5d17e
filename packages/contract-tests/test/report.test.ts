import {
  byFamily,
  conformanceReport,
  familyTable,
  markdownReport,
  type Passed,
  type Rule,
  readReport,
  textReport,
  type Verdict,
} from '@idem/contract-tests';
import { describe, expect, test } from 'vitest';
import type { Family, TestedRule } from '../src/rule.ts';

function ruleOf(family: Family, name: string, grade: TestedRule['grade'] = 'required'): Rule {
  const id = `${family}.${name}`;
  const statement = `What ${name} says.`;
  return { id, family, statement, grade, since: '1.0', needs: [], check: async () => {} };
}

const passed = (rule: Rule): Passed => ({ outcome: 'passed', rule, time: 1.25, slow: [] });
const skipped = (rule: Rule): Verdict => ({ outcome: 'skipped', rule, reason: 'no clock' });
const failed = (rule: Rule): Verdict => ({
  ...{ outcome: 'failed', rule, time: 2, faults: ['one', 'two'], error: new Error('one'), seed: 1 },
});

const run = { store: 'a | b', budget: 'quick', seed: 1 } as const;

describe('a report', () => {
  test('does not conform when an error came that nobody caught', () => {
    const uncaught = ['while no rule was under way, an error'];
    const report = conformanceReport([passed(ruleOf('claim', 'one'))], { ...run, uncaught });
    expect(report.conforms).toBe(false);
    expect(textReport(report)).toContain(
      'an error that nobody caught: while no rule was under way',
    );
    expect(markdownReport(report)).toContain('## Errors that nobody caught');
  });

  test('says what passed and took suspiciously long', () => {
    const slow: Verdict = { ...passed(ruleOf('claim', 'one')), ...{ slow: ['close took 10.0 s'] } };
    const report = conformanceReport([slow, passed(ruleOf('claim', 'two'))], run);
    expect(report.conforms).toBe(true);
    expect(textReport(report)).toMatch(/✓ claim.one.*\n {4}suspiciously long: close took 10.0 s/);
    expect(textReport(report)).toContain('1 passed and took suspiciously long');
    expect(markdownReport(report)).toContain('- `claim.one`: close took 10.0 s');
  });

  test('does not conform when a required or a stochastic rule failed', () => {
    const broken = (grade: TestedRule['grade']): boolean =>
      conformanceReport([failed(ruleOf('claim', 'broken', grade))], run).conforms;
    expect(broken('required')).toBe(false);
    expect(broken('stochastic')).toBe(false);
    expect(broken('recommended')).toBe(true);
  });

  test('counts by grade and by family', () => {
    const report = conformanceReport(
      [
        passed(ruleOf('claim', 'one')),
        failed(ruleOf('claim', 'two')),
        skipped(ruleOf('expiry', 'three')),
        passed(ruleOf('model', 'four', 'stochastic')),
      ],
      run,
    );
    expect(report.grades.required).toEqual({ passed: 1, failed: 1, skipped: 1 });
    expect(report.grades.stochastic).toEqual({ passed: 1, failed: 0, skipped: 0 });
    expect(byFamily(report)[0]).toEqual({
      ...{ family: 'claim', passed: 1, failed: 1, skipped: 0, total: 2 },
    });
  });

  test('is read back from its JSON, and nothing else is', () => {
    const report = conformanceReport([failed(ruleOf('claim', 'one'))], run);
    expect(readReport(JSON.stringify(report))).toEqual(report);
    expect(() => readReport('{"format":2,"rules":[]}')).toThrow(
      /no conformance report in format 1/,
    );
  });

  test('says for a person what failed, what was skipped and why', () => {
    const verdicts = [failed(ruleOf('claim', 'one')), skipped(ruleOf('expiry', 'two'))];
    expect(textReport(conformanceReport(verdicts, run))).toMatchInlineSnapshot(`
      "✗ claim.one  What one says.  (2 ms)
          one
          two
      - expiry.two  What two says.
          skipped: no clock

        required     0 passed, 1 failed, 1 skipped
        stochastic   0 passed, 0 failed, 0 skipped
        recommended  0 passed, 0 failed, 0 skipped
        untested     0 passed, 0 failed, 0 skipped
      a | b does not conform to contract 1.0 (suite 0.0.0, seed 1, budget quick).
      "
    `);
  });
});

test('the table of several stores has families for rows and no times', () => {
  const all = [ruleOf('claim', 'one'), ruleOf('claim', 'two'), ruleOf('faults', 'three')];
  const memory = conformanceReport(
    all.map((rule) => (rule.family === 'faults' ? skipped(rule) : passed(rule))),
    { ...run, store: 'memory | shared' },
  );
  const redis = conformanceReport(all.map(passed), { ...run, store: 'redis' });
  expect(familyTable([memory, redis])).toMatchInlineSnapshot(`
    "| rules on | memory \\| shared | redis |
    | --- | --- | --- |
    | claim | 2/2 | 2/2 |
    | faults | 0/1 (1 skipped) | 1/1 |
    | **all** | **2/3 (1 skipped)** | **3/3** |"
  `);
});
