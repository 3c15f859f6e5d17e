import type { WorkspacePackage } from './workspace.ts';

export interface TestStep {
  readonly title: string;
  readonly command: string;
  readonly args: readonly string[];
}

/** What the test command runs, in order; with `only`, each step looks at that package alone. */
export function testSteps(only?: WorkspacePackage): TestStep[] {
  const filter = only === undefined ? [] : [`--filter=${only.name}`];
  const steps: (TestStep & { readonly when?: boolean })[] = [
    {
      title: 'a Redis server for the tests',
      command: 'node',
      args: ['scripts/ensure-redis.ts'],
      when: only?.needsServers ?? true,
    },
    {
      title: 'a PostgreSQL server for the tests',
      command: 'node',
      args: ['scripts/ensure-postgres.ts'],
      when: only?.needsServers ?? true,
    },
    { title: 'format and lint', command: 'biome', args: ['check', only?.folder ?? '.'] },
    { title: 'build', command: 'turbo', args: ['run', 'build', ...filter] },
    { title: 'types', command: 'turbo', args: ['run', 'typecheck', ...filter] },
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
    {
      title: 'tests',
      command: 'turbo',
      // Most of the tests wait, for clocks and servers. They may see the whole environment: what npm,
      // Docker and a proxy read from it is not ours to list.
      args: ['run', 'test', '--concurrency=6', '--continue', '--env-mode=loose', ...filter],
    },
    {
      title: 'the conformance table in the README is current',
      command: 'node',
      args: [
        ...['--conditions=@idem/source', 'scripts/conformance.ts', '--check'],
        ...(only === undefined ? [] : ['--only', `${only.folder}/`]),
      ],
    },
  ];
  return steps.filter(({ when = true }) => when);
}
