import { expect, test } from 'vitest';
import { node } from './run-program.ts';

test('node:test passes a good store, and shows what is skipped with the reason', async () => {
  const { code, stdout } = await node('node-test-good.ts');
  expect(stdout).toMatch(/release\.\S+: .*/);
  expect(stdout).toMatch(
    /# SKIP nothing else can write into this memory|nothing else can write into this memory/,
  );
  expect(code).toBe(0);
});

test('node:test fails a broken store, and says which rule and what was seen', async () => {
  const { code, stdout } = await node('node-test-broken.ts');
  expect(stdout).toMatch(/expected true, saw false/);
  expect(code).toBe(1);
});
