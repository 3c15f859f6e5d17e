import { MemoryStore } from '@idem/memory';
import { describe, expect, test } from 'vitest';
import { express5Binding as binding } from './bindings/express.ts';
import { MISTAKES } from './broken/mistakes.ts';
import { GROUPS } from './suite/groups/index.ts';
import { Stage } from './suite/stage.ts';

/** Who is left waiting for that long has caught it: the cases themselves end in a fraction of this. */
const PATIENCE = 1_500;

async function verdictOn(run: () => Promise<void>): Promise<'passed' | 'caught'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'caught'>((resolve) => {
    timer = setTimeout(() => resolve('caught'), PATIENCE);
  });
  const ran = run().then(
    () => 'passed' as const,
    () => 'caught' as const,
  );
  const verdict = await Promise.race([ran, late]);
  clearTimeout(timer);
  return verdict;
}

describe('a middleware that', () => {
  test.each(MISTAKES)('$mistake is caught', async ({ group, mutation, caughtBy }) => {
    for (const name of caughtBy) {
      const one = group.cases.find((given) => given.name === name);
      if (one === undefined) throw new Error(`There is no case "${name}".`);
      const server = await binding.start();
      const stage = new Stage(binding, server, new MemoryStore(), mutation);
      expect(await verdictOn(() => one.run(stage)), name).toBe('caught');
      stage.client.close();
      await server.close();
    }
  });
});

test('every group of cases has a mistake that it catches', () => {
  const proven = new Set(MISTAKES.map(({ group }) => group.name));
  expect(GROUPS.map(({ name }) => name).filter((name) => !proven.has(name))).toEqual([]);
});

test('there are at least 120 cases, each with a name of its own', () => {
  const names = GROUPS.flatMap(({ name, cases }) => cases.map((one) => `${name}: ${one.name}`));
  expect(names.length).toBeGreaterThanOrEqual(120);
  expect(new Set(names).size).toBe(names.length);
});
