import { expect, test, vi } from 'vitest';
import { jsonCodec } from '../../src/index.ts';
import { pass, useFakeTime } from '../support/fake-time.ts';
import { fixture, LEASE, rejection, TTL } from '../support/fixture.ts';

useFakeTime();

test.each([
  ['that answers at once', jsonCodec],
  [
    'that answers later',
    {
      ...jsonCodec,
      encode: async (...given: Parameters<typeof jsonCodec.encode>) => jsonCodec.encode(...given),
    },
  ],
])(
  'what a codec %s refuses is remembered for the ttl, not the errorTtl: the effect has happened',
  async (_, codec) => {
    const { here } = fixture({ errorTtl: 100, codec });
    const effect = vi.fn(() => Number.NaN);
    await rejection(here.run('k', effect));
    await pass(TTL - 1);
    const again = await rejection(here.run('k', effect));
    expect(again).toMatchObject({ code: 'IDEM_RESULT_UNENCODABLE' });
    expect(effect).toHaveBeenCalledTimes(1);
  },
);

test('a codec that never answers holds nobody longer than an answer may be held back', async () => {
  const codec = { ...jsonCodec, encode: () => new Promise<Uint8Array>(() => {}) };
  const { here } = fixture({ codec, recordTimeout: 100 });
  const value = { charge: 1 };
  const run = rejection(here.run('k', () => value));
  await pass(100);
  expect(await run).toMatchObject({ code: 'IDEM_NOT_RECORDED', value });
  await pass(LEASE);
  expect(await here.status('k')).toEqual({ state: 'vacant', takeover: true });
  const next = rejection(here.run('k', () => value));
  await pass(100);
  expect(await next).toMatchObject({ code: 'IDEM_NOT_RECORDED' });
});

test('what only looks like an AbortSignal is refused as no signal', async () => {
  const { here } = fixture();
  const signal: unknown = Object.create(AbortSignal.prototype);
  const fn = vi.fn();
  const options: object = { signal };
  expect(await rejection(here.run('k', fn, options))).toMatchObject({
    code: 'IDEM_INVALID_OPTIONS',
  });
  expect(fn).not.toHaveBeenCalled();
});
