import { glob, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { FreshProject } from '../support/fresh-project.ts';

const tarballs = inject('tarballs');
interface Report {
  readonly conforms: boolean;
  readonly rules: readonly {
    readonly id: string;
    readonly grade: string;
    readonly verdict: string;
    readonly reason: string | null;
  }[];
}

const TOO_SLOW = 'the backend was too slow to be judged';
const long = process.env['IDEM_TEST_BUDGET'] === 'long';
const example = join(import.meta.dirname, '../../examples/adapter-sqlite');

describe('examples/adapter-sqlite, copied out of the workspace, on packed tarballs', () => {
  let project: FreshProject;

  beforeAll(async () => {
    project = await FreshProject.copyOf(example);
    const names = ['@idem/core', '@idem/contract-tests'];
    await project.install(names.map((name) => tarballs[name] ?? name));
  });

  afterAll(() => project[Symbol.asyncDispose]());

  test('type-checks, its dependencies too, and builds', async () => {
    await project.run('npm', ['run', 'typecheck']);
    await project.run('npm', ['run', 'build']);
  });

  test('passes by node:test, where each rule is a test', async () => {
    // The command line puts every rule to it, below; by night its own test does, too.
    const files = ['test/contract.test.ts', 'test/payment.test.ts'];
    const some = ['--test', '--test-name-pattern', '/(a payment|claim\\.)/', ...files];
    const report = await (long ? project.run('npm', ['test']) : project.run('node', some));
    // The reporter depends on the version of Node.
    expect(report).toMatch(/^[ℹ#] pass [1-9]\d*$/m);
    expect(report).toMatch(/^[ℹ#] fail 0$/m);
  });

  test('passes every required rule by the command line, and says why others are skipped', async () => {
    const args = ['idem-contract', './test/harness.ts', '--format', 'json'];
    let json = await project.run('npx', args);
    // Where the machine was too busy for a rule at that moment, once more.
    if (json.includes(TOO_SLOW)) json = await project.run('npx', args);
    const report: Report = JSON.parse(json);
    expect(report.conforms).toBe(true);
    // For the conformance table in the README.
    await writeFile(join(import.meta.dirname, '../.conformance-sqlite.json'), json);
    const required = report.rules.filter(({ grade }) => grade === 'required');
    const skipped = required.filter(({ verdict }) => verdict === 'skipped');
    const passed = required.filter(({ verdict }) => verdict === 'passed');
    expect(passed.length + skipped.length).toBe(required.length);
    expect(passed.length).toBeGreaterThan(7 * skipped.length);
    // No connection to lose, a clock that nobody can set, one writer: all else is proven.
    const reason =
      /^(there is no connection|(?:months|hours) cannot be waited for|a day cannot be waited for|SQLite tells no other process|SQLite has one writer|what inTransaction gives has no hold)/;
    for (const rule of skipped) expect(rule.reason, rule.id).toMatch(reason);
  });

  test('with the comparison of tokens taken out of release, it is told so', async () => {
    const source = await readFile(join(project.folder, 'src/store.ts'), 'utf8');
    const [before = '', release = ''] = source.split(/(?=protected async doRelease)/);
    const broken = release.replace(' || record.token !== token', '');
    expect(broken).not.toBe(release);
    await project.write({ 'src/store.ts': before + broken });
    const args = ['idem-contract', './test/harness.ts', '--rule', 'release.*'];
    const failure = project.run('npx', args);
    await expect(failure).rejects.toThrow(
      /✗ release\.other-token-is-false .*\n +release by another token: expected false, saw true/,
    );
  });
}, 600_000);

test('idem-contract init of the packed suite writes an adapter that type-checks and keeps no rule yet', async () => {
  await using project = await FreshProject.make();
  const names = ['@idem/core', '@idem/contract-tests'];
  await project.install(names.map((name) => tarballs[name] ?? name));
  const given = ['--name', 'idem-store-tape', '--driver', 'none'];
  await project.run('npx', ['idem-contract', 'init', 'tape', ...given]);
  const tape = join(project.folder, 'tape');
  const manifest = JSON.parse(await readFile(join(tape, 'package.json'), 'utf8'));
  expect(manifest.dependencies['@idem/core']).toMatch(/^\^\d+\.\d+\.\d+$/);
  expect(manifest.devDependencies['@idem/contract-tests']).toMatch(/^\^\d+\.\d+\.\d+$/);
  // Written below what is installed, so that its imports are found.
  const compiler = join(import.meta.dirname, '../node_modules/.bin/tsc');
  const typeRoots = join(import.meta.dirname, '../node_modules/@types');
  await project.run(compiler, ['-p', 'tape', '--typeRoots', typeRoots]);
  const failure = project.run('npx', [
    'idem-contract',
    './tape/test/harness.ts',
    '--rule',
    'claim',
  ]);
  await expect(failure).rejects.toThrow(
    /✗ claim\.vacant-is-acquired .*\n +the rule was ended by .*doClaim is not written yet/,
  );
}, 300_000);

test('the example is under 250 lines of code', async () => {
  let lines = 0;
  for await (const path of glob('src/*.ts', { cwd: example })) {
    const text = await readFile(join(example, path), 'utf8');
    lines += text.split('\n').filter((line) => /^\s*[^\s/*]/.test(line)).length;
  }
  expect(lines).toBeGreaterThan(100);
  expect(lines).toBeLessThan(250);
});
