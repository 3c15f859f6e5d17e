import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Rule, rules, runRules } from '@idem/contract-tests';
import { expect, test } from 'vitest';
import { asked, forgetful } from './programs/forgetful.ts';

interface Shown {
  readonly title: string;
  readonly fullName: string;
  readonly status: string;
  readonly failureMessages: readonly string[];
}

interface Report {
  readonly testResults: readonly { readonly assertionResults: readonly Shown[] }[];
}

interface Run {
  readonly tests: readonly Shown[];
  readonly printed: string;
}

/** Runs a fixture with vitest in a process of its own, and answers what it shows. */
async function run(fixture: string): Promise<Run> {
  const root = fileURLToPath(new URL('./programs/', import.meta.url));
  const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
  const folder = await mkdtemp(join(tmpdir(), 'idem-binder-'));
  const json = join(folder, 'report.json');
  const reports = ['--reporter=verbose', '--reporter=json', `--outputFile.json=${json}`];
  const parts = [vitest, 'run', '--root', root, ...reports, fixture];
  const printed = await new Promise<string>((resolve) => {
    execFile(process.execPath, parts, { maxBuffer: 2 ** 26 }, (_, stdout) => resolve(stdout));
  });
  const report: Report = JSON.parse(await readFile(json, 'utf8'));
  await rm(folder, { recursive: true });
  return { tests: report.testResults.flatMap((file) => file.assertionResults), printed };
}

const titles = (of: readonly Rule[]): readonly string[] =>
  of.map(({ id, statement }) => `${id}: ${statement}`).toSorted();

test('shows one test for each rule that it was given, and each fault of a broken store', async () => {
  const { tests, printed } = await run('vitest-broken.fixture.ts');
  expect(tests.map(({ title }) => title).toSorted()).toEqual(titles(asked));
  const status = new Map(tests.map((shown) => [shown.title.split(': ', 1)[0], shown.status]));
  for await (const verdict of runRules(forgetful(), { rules: asked, seed: 5 })) {
    expect(status.get(verdict.rule.id), verdict.rule.id).toBe(verdict.outcome);
    if (verdict.outcome === 'skipped') expect(printed).toContain(verdict.reason);
  }
  expect(printed.split('the forgetful store is closed')).toHaveLength(2);
  const failed = tests.find(({ title }) => title.startsWith('find-store.stored-is-found'));
  expect(failed?.status).toBe('failed');
  expect(failed?.fullName).toContain('the store contract: a forgetful store');
  expect(failed?.failureMessages.join()).toContain('find after store: expected 6 bytes');
  expect(failed?.failureMessages.join()).toContain('exists after store: expected true, saw false');
  expect(failed?.failureMessages.join()).toContain('IDEM_TEST_SEED=5');
  const kept = tests.find(({ title }) => title.startsWith('claim.vacant-is-acquired'));
  expect(kept?.status).toBe('passed');
});

test('shows every rule, as skipped when no server is to be had', async () => {
  const { tests, printed } = await run('vitest-absent.fixture.ts');
  expect(tests.map(({ title }) => title).toSorted()).toEqual(titles(rules));
  expect(new Set(tests.map(({ status }) => status))).toEqual(new Set(['skipped']));
  expect(printed).toContain('claim.vacant-is-acquired');
  expect(printed.split('no server is to be had')).toHaveLength(rules.length + 1);
});
