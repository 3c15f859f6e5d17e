import { createToken, isIdempotencyError } from '@idem/core';
import { RedisStore } from '@idem/redis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RedisProcess } from './support/redis-process.ts';
import { describeWithServers } from './support/skip.ts';

const LEASE = 60_000;
const value = Buffer.from('result');
const token = createToken();

/** Each is a replacement in the line of a record: a field damaged, missing, doubled, or of the future. */
const damages: Readonly<Record<string, readonly [from: RegExp | string, to: string]>> = {
  'another format': ['idem1', 'idem2'],
  'another word for the end': [' until=', ' ended='],
  'an end with a letter': [/until=\d/, 'until=x'],
  'an end in hexadecimal': [/until=\d{16}/, 'until=0x1fffffffffffff'],
  'an end with a sign': [/until=\d/, 'until=+'],
  'an end of 15 digits': [/until=\d/, 'until='],
  'an end of 17 digits': ['until=', 'until=1'],
  'an unknown state': [/ (?:claimed|completed) /, ' suspended '],
  'a state of the same length': [/ (?:claimed|completed) /, ' completEd '],
  'another word for the fence': [' fence=', ' fance='],
  'a fence with a letter': [/fence=\d/, 'fence=x'],
  'no fence': [/fence=\d+/, 'fence='],
  'a takeover that is neither': ['takeover=0', 'takeover=2'],
  'another word for the token': [' token=', ' tocen='],
  'a token with a space': [/token=./, 'token= '],
  'a token with a quote': [/token=./, "token='"],
  'another word for the fingerprint': [' fingerprint=', ' fingerprunt='],
  'a fingerprint with a control character': ['fingerprint=f', 'fingerprint=\u0001'],
  'a fingerprint with a byte beyond ASCII': ['fingerprint=f', 'fingerprint=\u00e9'],
  'a field of the future': [' fingerprint=', ' colour=red fingerprint='],
  'a field of the future at the end': [/(?= bytes=|\n$)/, ' colour=red'],
  'another word for the length': [' bytes=', ' bites='],
  'a length that is too small': ['bytes=6', 'bytes=5'],
  'a length that is too large': ['bytes=6', 'bytes=7'],
  'a length in hexadecimal': ['bytes=6', 'bytes=0x6'],
  'no line end': ['\n', ' '],
};

describeWithServers('a record whose line is not what this library writes', () => {
  let server: RedisProcess;
  let store: RedisStore;
  beforeAll(async () => {
    server = await RedisProcess.start();
    store = await RedisStore.connect(server.url);
  });
  afterAll(async () => {
    await store.close();
    await server.close();
  });

  const operations: Readonly<Record<string, (key: string) => Promise<unknown>>> = {
    find: (key) => store.find(key),
    exists: (key) => store.exists(key),
    inspect: (key) => store.inspect(key),
    'claim, of a stranger': (key) => store.claim(key, { token: createToken(), lease: LEASE }),
    'claim, of its own': (key) => store.claim(key, { token, lease: LEASE }),
    renew: (key) => store.renew(key, token, LEASE),
    release: (key) => store.release(key, token),
    complete: (key) => store.complete(key, token, value, LEASE),
    store: (key) => store.store(key, value, LEASE),
  };

  for (const state of ['claimed', 'completed'] as const) {
    for (const [what, [from, to]] of Object.entries(damages)) {
      test(`${state}, with ${what}: every operation reports it`, async () => {
        const key = `${state} ${what}`;
        await store.claim(key, { token, lease: LEASE, fingerprint: 'f=1' });
        if (state === 'completed') await store.complete(key, token, value, LEASE);
        const whole = await server.admin.getBuffer(`idempotency:${key}`);
        const record = whole?.toString('latin1') ?? '';
        const damaged = record.replace(from, to);
        // A field that this state does not have.
        if (damaged === record) return expect(record).not.toMatch(from);
        await server.admin.set(`idempotency:${key}`, Buffer.from(damaged, 'latin1'), 'PX', LEASE);
        const answers: Record<string, unknown> = {};
        for (const [name, operation] of Object.entries(operations)) {
          answers[name] = await operation(key).catch((error: unknown) =>
            isIdempotencyError(error) ? error.code : error,
          );
        }
        const same = Object.keys(operations).map((name) => [name, 'IDEM_RECORD_CORRUPT']);
        expect(answers).toEqual(Object.fromEntries(same));
        const kept = await server.admin.getBuffer(`idempotency:${key}`);
        expect(kept?.toString('latin1')).toBe(damaged);
      });
    }
  }
});
