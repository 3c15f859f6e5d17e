import { expect, test } from 'vitest';
import { runDemo } from './demo.ts';
import { describeDemo } from './describe-demo.ts';

describeDemo('the demo on the memory store', async () => ({
  url: 'memory:',
  lease: 1500,
  close: async () => {},
}));

test('a store that cannot be opened ends it with the reason and what to do', async () => {
  const demo = await runDemo('--store', 'carrier-pigeon://user:secret@loft');
  expect(demo.code).toBe(2);
  expect(demo.errors).toMatch(/^IDEM_UNKNOWN_SCHEME: .*carrier-pigeon:/);
  expect(demo.output + demo.errors).not.toContain('secret');
}, 130_000);
