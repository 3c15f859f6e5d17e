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
  'an unknown state': [/ (?:claimed|done) /, ' suspended '],
  'a state of the same length': [/ (?:claimed|done) /, ' donE '],
  'the word of another state': [/ (?:claimed|done) /, ' vacant '],
  'two spaces after the state': [/(?<=claimed|done) /, '  '],
  'a fence with a letter': [/(?<= )\d{16} /, '179550174936211x '],
  'a fence in hexadecimal': [/(?<= )\d{16} /, '0x1fffffffffffff '],
  'a fence with a sign': [/(?<= )\d{16} /, '+795501749362118 '],
  'a fence beyond what a number counts': [/(?<= )\d{16} /, '9007199254740991 '],
  'a fence with a digit too many': [/(?<= )\d{16} /, '01795501749362118 '],
  'no fence': [/(?<= )\d{16} /, ' '],
  'a takeover that is neither': [/ 0 (?=\S{22} )/, ' 2 '],
  'no takeover': [/ 0 (?=\S{22} )/, ' '],
  'a token with a space': [/ \S{22} /, ' q0lA q0lAAAAAAAAAAAAAA '],
  'a token with a brace': [/ \S{22} /, ' q0lA{q0lAAAAAAAAAAAAAA '],
  'a token with a quote': [/ \S{22} /, " 'q0lAAAAAAAAAAAAAAAAAA "],
  'a fingerprint with a control character': ['f=1', '\u0001=1'],
  'a fingerprint with a byte beyond ASCII': ['f=1', '\u00e9=1'],
  'a field of the future': [/ f=1/, ' red f=1'],
  'a field of the future at the end': [/(?= 6\n|\n$)/, ' red'],
  'a field that is missing': [/ f=1/, ''],
  'a length that is too small': [' 6\n', ' 5\n'],
  'a length that is too large': [' 6\n', ' 7\n'],
  'a length in hexadecimal': [' 6\n', ' 0x6\n'],
  'a length with a letter': [' 6\n', ' x\n'],
  'no length': [' 6\n', ' \n'],
  'no length, of a value without a byte': [' 6\nresult', ' \n'],
  'a tab after the fence': [/(?<= \d{16}) /, '\t'],
  'a tab after the token': [/(?<= [\w-]{22}) /, '\t'],
  'a tab after the fingerprint': [/(?<= f=1) /, '\t'],
  'nothing after the fingerprint': [/(?<= f=1) 6\nresult/, ''],
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
      test(`${state}, with ${what}: every operation reports it, and remove clears it`, async () => {
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
        await store.remove(key);
        expect(await server.admin.exists(`idempotency:${key}`)).toBe(0);
      });
    }
  }
});
