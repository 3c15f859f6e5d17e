import { expect, test, vi } from 'vitest';
import { freePort } from './support/ports.ts';

test('a port that was given to one test is given to no other, though nothing listens there yet', async () => {
  const given = await freePort();
  // In the middle of what gives this port: a rounded quotient may fall below it.
  const again = (given - 10_000 + 0.5) / 5_000;
  const random = vi.spyOn(Math, 'random').mockReturnValueOnce(again).mockReturnValueOnce(again);
  expect(await freePort()).not.toBe(given);
  expect(random.mock.calls.length).toBeGreaterThan(2);
  random.mockRestore();
});
