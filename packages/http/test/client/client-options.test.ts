import { expect, test } from 'vitest';
import { IdempotentFetchError, idempotentFetch } from '../../src/client/index.ts';

for (const options of [
  null,
  'options',
  { retries: 3 },
  { Deadline: 1000 },
  { fetch: 'fetch' },
  { fetch: null },
  { deadline: 0 },
  { deadline: 1.5 },
  { deadline: Number.POSITIVE_INFINITY },
  { deadline: Number.NaN },
  { deadline: '1000' },
  { deadline: 315_576_000_001 },
  { attemptTimeout: -1 },
  { maxAttempts: 0 },
  { maxAttempts: 2.5 },
  { maxAttempts: Number.NaN },
  { minDelay: 0 },
  { minDelay: 10_000 },
  { maxDelay: 100 },
  { answer: 'half' },
  { quoted: 1 },
  { keyHeader: '' },
  { keyHeader: 'a b' },
  { replayedHeader: 42 },
  { onRetry: true },
]) {
  test(`idempotentFetch refuses ${JSON.stringify(options)}`, () => {
    const make = () => Reflect.apply(idempotentFetch, undefined, [options]);
    expect(make).toThrow(IdempotentFetchError);
    expect(make).toThrow(expect.objectContaining({ code: 'IDEM_INVALID_OPTIONS' }));
  });
}

for (const options of [null, { retries: 3 }, { deadline: 0 }, { maxAttempts: -1 }, { signal: 1 }]) {
  test(`a request refuses the options ${JSON.stringify(options)}`, async () => {
    const args = ['http://localhost/', { method: 'POST' }, options];
    await expect(Reflect.apply(idempotentFetch(), undefined, args)).rejects.toMatchObject({
      code: 'IDEM_INVALID_OPTIONS',
    });
  });
}
