import { expect, test } from 'vitest';
import { Program } from './support/programs.ts';
import { needsRedis, setTheScene } from './support/setting.ts';

needsRedis();

test('two machines start the same job, and one dies in the middle: each subscription is charged once', async () => {
  await using scene = await setTheScene();
  const { bank, settings } = scene;
  const subscribers = 'ann ben cat dan';
  const charged = bank.holdBack('2026-03/ben');
  bank.refuse('2026-03/cat');
  const first = { ...settings, extra: `2026-03-31T23:59:59Z ${subscribers}` };
  await using dying = new Program('cron.ts', first);
  await charged;
  // The second machine, on the same start, waits for what the first is doing.
  const second = { ...settings, extra: `2026-03-01T00:00:00Z ${subscribers}` };
  await using surviving = new Program('cron.ts', second);
  await dying.kill();

  expect(await surviving.ended, 'one card was refused').toBe(1);
  expect(bank.references).toEqual(['2026-03/ann', '2026-03/ben', '2026-03/dan']);
  expect(bank.asked).toEqual(['2026-03/ben']);

  await using later = new Program('cron.ts', second);
  expect(await later.ended, 'and accepted at the next start').toBe(0);
  expect(bank.references).toEqual(['2026-03/ann', '2026-03/ben', '2026-03/cat', '2026-03/dan']);
});
