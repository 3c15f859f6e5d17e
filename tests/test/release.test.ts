import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { satisfies } from 'semver';
import { describe, expect, test } from 'vitest';
import { type Bump, type Versions, WorkspaceCopy } from '../support/workspace-copy.ts';

interface Release {
  readonly what: string;
  readonly from: Versions;
  readonly change: Readonly<Record<string, Bump>>;
  /** The packages that get another version; all others keep theirs. */
  readonly bumped: Versions;
}

const young: Versions = versions('0.1.0');
const grown: Versions = versions('1.2.0');
const dependents = [
  '@idem/memory',
  '@idem/postgres',
  '@idem/redis',
  '@idem/sqlserver',
  '@idem/contract-tests',
  '@idem/fingerprint',
  '@idem/http',
];

const releases: readonly Release[] = [
  {
    what: 'a patch of core stays within the range of its dependents, which keep their versions',
    from: young,
    change: { '@idem/core': 'patch' },
    bumped: { '@idem/core': '0.1.1' },
  },
  {
    what: 'a minor of core at 0.x leaves that range: its dependents get a patch, never a major',
    from: young,
    change: { '@idem/core': 'minor' },
    bumped: { '@idem/core': '0.2.0', ...all(dependents, '0.1.1') },
  },
  {
    what: 'a minor of core at 1.x stays within the range of its dependents',
    from: grown,
    change: { '@idem/core': 'minor' },
    bumped: { '@idem/core': '1.3.0' },
  },
  {
    what: 'a major of core is a major of what its changeset names, and a patch of the rest',
    from: grown,
    change: { '@idem/core': 'major', '@idem/memory': 'major', '@idem/redis': 'major' },
    bumped: {
      ...all(['@idem/core', '@idem/memory', '@idem/redis'], '2.0.0'),
      ...all(
        [
          '@idem/postgres',
          '@idem/sqlserver',
          '@idem/contract-tests',
          '@idem/fingerprint',
          '@idem/http',
        ],
        '1.2.1',
      ),
    },
  },
  ...dependents.map((name) => ({
    what: `a change of ${name} alone bumps only ${name}`,
    from: grown,
    change: { [name]: 'minor' as const },
    bumped: { [name]: '1.3.0' },
  })),
  {
    what: 'a change of the suite that core does not share is no release of any adapter, not even as a major',
    from: grown,
    change: { '@idem/contract-tests': 'major' },
    bumped: { '@idem/contract-tests': '2.0.0' },
  },
];

describe('changeset version, on a copy', () => {
  for (const { what, from, change, bumped } of releases) {
    test.concurrent(what, async ({ expect }) => {
      await using copy = await WorkspaceCopy.make();
      await copy.pretend(from, change);
      expect(await copy.version()).toEqual({ ...from, ...bumped });
    });
  }
});

describe('the release that is pending', () => {
  test('can be versioned, and takes no adapter across a major that its changeset does not name', async () => {
    await using copy = await WorkspaceCopy.make();
    const before = await copy.versions();
    const after = await copy.version();
    const majors = Object.keys(after).filter((name) => major(after, name) > major(before, name));
    // Their types are core's: who takes the adapter's new version must take core's too.
    if (majors.includes('@idem/core')) expect(majors).toEqual(Object.keys(after));
  });

  test('is what the example adapter asks for', async () => {
    await using copy = await WorkspaceCopy.make();
    const after = await copy.version();
    const path = join(import.meta.dirname, '../../examples/adapter-sqlite/package.json');
    const { dependencies, devDependencies } = JSON.parse(await readFile(path, 'utf8'));
    const asked: Versions = { ...dependencies, ...devDependencies };
    for (const name of ['@idem/core', '@idem/contract-tests']) {
      expect(satisfies(after[name] ?? '', asked[name] ?? ''), `${name} ${after[name]}`).toBe(true);
    }
  });
});

function versions(version: string): Versions {
  const names = [
    'core',
    'memory',
    'postgres',
    'redis',
    'sqlserver',
    'contract-tests',
    'fingerprint',
    'http',
  ];
  return Object.fromEntries(names.map((name) => [`@idem/${name}`, version]));
}

function all(names: readonly string[], version: string): Versions {
  return Object.fromEntries(names.map((name) => [name, version]));
}

function major(all: Versions, name: string): number {
  return Number(all[name]?.split('.')[0]);
}
