import type { WorkspacePackage } from './workspace.ts';

export interface TestStep {
  readonly title: string;
  readonly command: string;
  readonly args: readonly string[];
}

/** The package whose tests wait for package managers and compilers, longer than any other. */
const LONGEST = '@idem-workspace/tests';

/**
 * What the test command runs: stages in order, the steps of one side by side. With `only`, each step
 * looks at that package alone.
 */
export function testSteps(only?: WorkspacePackage): TestStep[][] {
  const filter = only === undefined ? [] : [`--filter=${only.name}`];
  // The tests may see the whole environment: what npm, Docker and a proxy read from it is not ours to
  // list. The build sees the same, or turbo would build anew for them.
  const turbo = (...args: string[]): string[] => ['run', ...args, '--env-mode=loose'];
  // Most of the tests wait, for clocks and servers.
  const tests = turbo('test', '--concurrency=4', '--continue');
  const stages: (TestStep & { readonly when?: boolean })[][] = [
    [
      {
        title: 'a Redis server for the tests',
        command: 'node',
        args: ['scripts/ensure-redis.ts'],
        when: only?.needsServers ?? true,
      },
    ],
    [
      {
        title: 'a PostgreSQL server for the tests',
        command: 'node',
        args: ['scripts/ensure-postgres.ts'],
        when: only?.needsServers ?? true,
      },
    ],
    [{ title: 'format and lint', command: 'biome', args: ['check', only?.folder ?? '.'] }],
    [{ title: 'build', command: 'turbo', args: [...turbo('build'), ...filter] }],
    [
      // All in one program: most of what a package is checked with, the others are, too.
      only === undefined
        ? { title: 'types', command: 'tsc', args: [] }
        : { title: 'types', command: 'turbo', args: [...turbo('typecheck'), ...filter] },
      {
        title: 'unused code and dependencies',
        command: 'knip',
        args: only === undefined ? [] : ['--workspace', only.folder],
      },
      {
        title: 'package manifests and types as a user sees them',
        command: 'node',
        args: ['scripts/check-packages.ts', ...(only === undefined ? [] : ['--only', only.name])],
        when: only?.isPublic ?? true,
      },
    ],
    [
      {
        title: 'tests of what is packed, and of the docs',
        command: 'turbo',
        args: [...tests, `--filter=${LONGEST}`],
        when: only === undefined,
      },
      {
        title: 'tests',
        command: 'turbo',
        args: [...tests, ...(only === undefined ? [`--filter=!${LONGEST}`] : filter)],
      },
    ],
    [
      {
        title: 'the conformance table in the README is current',
        command: 'node',
        args: [
          ...['--conditions=@idem/source', 'scripts/conformance.ts', '--check'],
          ...(only === undefined ? [] : ['--only', `${only.folder}/`]),
        ],
      },
    ],
  ];
  return stages.map((steps) => steps.filter(({ when = true }) => when));
}
