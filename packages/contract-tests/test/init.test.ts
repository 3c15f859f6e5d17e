import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readReport } from '@idem/contract-tests';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answersTo, className } from '../src/init/answers.ts';
import { filesOf, init } from '../src/init/init.ts';
import { node } from './run-program.ts';

const run = promisify(execFile);
const path = (file: string): string => fileURLToPath(new URL(`../../../${file}`, import.meta.url));

/** Where the packages of a new adapter come from here; a test on packed tarballs installs them as a stranger does. */
const INSTALLED = {
  '@idem/core': path('packages/core'),
  '@idem/contract-tests': path('packages/contract-tests'),
  '@types/node': path('packages/contract-tests/node_modules/@types/node'),
} as const;

/** No question may come. */
const silent = (): Promise<string> => Promise.reject(new Error('was asked'));

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'idem-init-'));
  const { code, stderr } = await node(
    ...['../../src/cli.ts', 'init', folder, '--name', '@somebody/idem-tape', '--driver', 'tape'],
  );
  expect(stderr).toBe('');
  expect(code).toBe(0);
  for (const [name, target] of Object.entries(INSTALLED)) {
    const at = join(folder, 'node_modules', name);
    await mkdir(join(at, '..'), { recursive: true });
    await symlink(target, at);
  }
});

afterAll(() => rm(folder, { recursive: true }));

async function lint(): Promise<void> {
  await run(path('node_modules/.bin/biome'), ['check', '.'], { cwd: folder });
}

async function typeCheck(): Promise<void> {
  // The library's sources stand here in place of its declarations, and are of a newer standard.
  const sources = ['--customConditions', '@idem/source', '--lib', 'ES2024,ESNext.Disposable'];
  const flags = ['-p', '.', ...sources];
  await run(path('node_modules/.bin/tsc'), flags, { cwd: folder });
}

async function report(...given: string[]): Promise<ReturnType<typeof readReport>> {
  const harness = join(folder, 'test/harness.ts');
  const { stdout } = await node('../../src/cli.ts', harness, '--format', 'json', ...given);
  return readReport(stdout);
}

describe('a new adapter', () => {
  test('passes its own lint and type check', async () => {
    await lint();
    await typeCheck();
  });

  test('fails the contract rule by rule, each saying what is not written yet', async () => {
    const { rules, conforms } = await report();
    const asked = ['find-store', 'claim', 'complete', 'release', 'renew', 'remove', 'inspect'];
    const tried = rules.filter(
      ({ family, verdict }) => asked.includes(family) && verdict !== 'skipped',
    );
    expect(conforms).toBe(false);
    expect(tried.length).toBeGreaterThan(50);
    for (const { id, verdict, reason } of tried) {
      expect(verdict, id).toBe('failed');
      expect(reason, id).toMatch(/do[A-Z][a-z]+ is not written yet/);
    }
    for (const { id, grade, verdict, reason } of rules) {
      if (verdict !== 'skipped' || grade === 'untested') continue;
      expect(reason, id).toMatch(/^(not written yet: |The backend tells nobody)/);
    }
  });

  test('filled in with the sources of the SQLite example passes both, and keeps the rules', async () => {
    const example = path('examples/adapter-sqlite');
    for (const part of ['src', 'test']) {
      await cp(join(example, part), join(folder, part), { recursive: true });
    }
    await typeCheck();
    const { rules } = await report('--rule', 'claim', '--rule', 'find-store', '--rule', 'release');
    expect(rules.filter(({ verdict }) => verdict === 'failed')).toEqual([]);
    expect(rules.filter(({ verdict }) => verdict === 'passed').length).toBeGreaterThan(50);
  });
});

describe('init', () => {
  test('asks for what is not given, and for nothing else', async () => {
    const asked: string[] = [];
    const answers = ['idem-store-mongo', 'mongodb'];
    const ask = async (question: string): Promise<string> => {
      asked.push(question);
      return answers.shift() ?? '';
    };
    const none = { name: undefined, driver: undefined };
    expect(await answersTo(none, ask)).toEqual({ name: 'idem-store-mongo', driver: 'mongodb' });
    expect(asked).toHaveLength(2);
    expect(await answersTo({ name: 'a', driver: 'none' }, silent)).toEqual({
      name: 'a',
      driver: undefined,
    });
  });

  test('makes the driver a peer, and asks for none where there is none', () => {
    const manifestOf = (driver: string | undefined): unknown =>
      JSON.parse(filesOf({ name: 'a', driver })['package.json'] ?? '');
    expect(manifestOf('pg')).toMatchObject({
      name: 'a',
      peerDependencies: { pg: '*' },
      devDependencies: { pg: '*' },
    });
    expect(manifestOf(undefined)).not.toHaveProperty('peerDependencies');
  });

  test('names the class after the package', () => {
    expect(className('idem-store-sqlite')).toBe('SqliteStore');
    expect(className('@me/idem-dynamo-db')).toBe('DynamoDbStore');
    expect(className('store')).toBe('IdemStore');
    expect(className('idem-3d')).toBe('Idem3dStore');
  });

  test('refuses a name that npm would not take', async () => {
    for (const name of ['A Store', '', '../up', `a${'b'.repeat(214)}`]) {
      await expect(answersTo({ name, driver: 'none' }, silent)).rejects.toThrow(
        /--name must be the name of an npm package/,
      );
    }
    await expect(answersTo({ name: 'a', driver: "x', y: '" }, silent)).rejects.toThrow(/--driver/);
  });

  test('leaves a folder alone that is not empty', async () => {
    const before = await readFile(join(folder, 'package.json'), 'utf8');
    const answers = { name: 'another', driver: undefined };
    await expect(init(folder, answers)).rejects.toThrow(/is not empty: .* is there/);
    expect(await readFile(join(folder, 'package.json'), 'utf8')).toBe(before);
  });

  test('where nobody can be asked says which options answer', async () => {
    const { code, stderr } = await node('../../src/cli.ts', 'init', join(folder, 'elsewhere'));
    expect(code).toBe(2);
    expect(stderr).toContain('give --name and --driver');
  });

  test('is formatted for the longest name, too', async () => {
    const long = await mkdtemp(join(tmpdir(), 'idem-init-'));
    try {
      await init(long, { name: `@a/idem-store-${'long-'.repeat(6)}name`, driver: 'a-driver' });
      await writeFile(join(long, 'package-lock.json'), '{}');
      await run(path('node_modules/.bin/biome'), ['check', '.'], { cwd: long });
    } finally {
      await rm(long, { recursive: true });
    }
  });
});
