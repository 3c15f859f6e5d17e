import { expect, test } from 'vitest';
import { runDemo, steady } from './demo.ts';
import { shownOutput } from './readme.ts';

test('the README shows what the demo prints (pnpm run update-readme)', async () => {
  const { output } = await runDemo();
  expect(steady(await shownOutput())).toBe(steady(output));
}, 130_000);
