import { expect, test } from 'vitest';
import { USAGE } from '../src/options.ts';
import { runDemo } from './demo.ts';

test('--help prints how it is used, and nothing is played', async () => {
  const help = await runDemo('--help');
  expect(help).toEqual({ code: 0, output: `${USAGE}\n`, errors: '' });
});

for (const [wrong, why] of [
  [['--stroe', 'memory:'], "Unknown option '--stroe'"],
  [['memory:'], "Unexpected argument 'memory:'"],
  [['--lease', 'long'], '--lease is long; it must be a whole number of milliseconds.'],
  [['--lease', '-5'], "'--lease'"],
] as const) {
  test(`${wrong.join(' ')} is refused with the reason and how it is used`, async () => {
    const refused = await runDemo(...wrong);
    expect(refused).toMatchObject({ code: 2, output: '' });
    expect(refused.errors).toContain(why);
    expect(refused.errors).toContain(USAGE);
    expect(refused.errors).not.toMatch(/^ +at /m);
  });
}
