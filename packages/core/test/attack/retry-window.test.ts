import { expect, test, vi } from 'vitest';
import { fixture, rejection, TTL } from '../support/fixture.ts';

test('the ttl of a call may not be shorter than the retryWindow either', async () => {
  const { here } = fixture({ retryWindow: TTL });
  const fn = vi.fn();
  const error = await rejection(here.run('k', fn, { ttl: TTL - 1 }));
  expect(error).toMatchObject({ code: 'IDEM_TTL_TOO_SHORT', key: 'k' });
  expect(fn).not.toHaveBeenCalled();
  await here.run('k', fn, { ttl: TTL });
  expect(fn).toHaveBeenCalledTimes(1);
});
