import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { testSteps } from '../../scripts/support/test-steps.ts';
import { type WorkspacePackage, workspacePackages } from '../../scripts/support/workspace.ts';
import { command } from '../support/command.ts';

const root: string = join(import.meta.dirname, '../..');

/** The steps of the test command, as `--list` prints them. */
async function stepsOf(...args: readonly string[]): Promise<string[]> {
  const printed = await command('node', ['scripts/test.ts', ...args, '--list'], { cwd: root });
  return printed.trim().split('\n');
}

/** The steps as `--list` prints them, without a process for each question. */
function lines(only?: WorkspacePackage): string[] {
  return testSteps(only)
    .flat()
    .map(({ command, args }) => [command, ...args].join(' '));
}

describe('--only', () => {
  test('narrows every step to one package', async () => {
    expect(await stepsOf('--only', '@idem/redis')).toEqual([
      'node scripts/ensure-redis.ts',
      'node scripts/ensure-postgres.ts',
      'biome check packages/redis',
      'turbo run build --env-mode=loose --filter=@idem/redis',
      'turbo run typecheck --env-mode=loose --filter=@idem/redis',
      'knip --workspace packages/redis',
      'node scripts/check-packages.ts --only @idem/redis',
      'turbo run test --concurrency=4 --continue --env-mode=loose --filter=@idem/redis',
      'node --conditions=@idem/source scripts/conformance.ts --check --only packages/redis/',
    ]);
  });

  test('leaves out what the package has no use for: servers, and a check of what is not published', async () => {
    const packages = await workspacePackages();
    const named = (wanted: string) => packages.find(({ name }) => name === wanted);
    expect(lines(named('@idem-workspace/benchmarks')).join('\n')).not.toContain('check-packages');
    expect(lines(named('@idem/memory')).join('\n')).not.toContain('ensure-');
  });

  test('leaves no step of the whole command as wide as it was', async () => {
    const wide = lines().filter((step) => !step.includes('scripts/ensure-'));
    for (const only of await workspacePackages()) {
      const kept = lines(only).filter((step) => wide.includes(step));
      expect(kept.filter((step) => !step.endsWith(`=${only.name}`))).toEqual([]);
    }
  });

  test('refuses a package that there is not, and names those that there are', async () => {
    const refused = stepsOf('--only', 'reddis');
    await expect(refused).rejects.toThrow(/There is no package reddis\..*@idem\/redis/);
  });
});
