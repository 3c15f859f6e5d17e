import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  encrypted,
  type IdempotencyErrorCode,
  jsonCodec,
  type RunOptions,
} from '../../src/index.ts';
import { pass, useFakeTime } from '../support/fake-time.ts';
import { fixture, LEASE, rejection, TTL, withMethods } from '../support/fixture.ts';
import { leave } from '../support/leave.ts';
import { TestStore } from '../support/test-store.ts';
import { charge, setUp } from '../support/transactional-store.ts';

useFakeTime();

const KEY = '@acme/k';
const scope = 'acme';
const never = new Promise<never>(() => {});

function withStore(methods: Readonly<Record<string, () => unknown>>) {
  return fixture({ scope, store: withMethods(new TestStore(), methods) }).here;
}

function keys(): { id: string; key: Uint8Array }[] {
  return [{ id: '1', key: randomBytes(32) }];
}

const refused: [IdempotencyErrorCode, string, () => Promise<unknown>][] = [
  [
    'IDEM_IN_PROGRESS',
    'in this process',
    () => {
      const { here } = fixture({ scope });
      leave(here.run('k', () => never));
      return here.run('k', () => 1);
    },
  ],
  [
    'IDEM_IN_PROGRESS',
    'elsewhere',
    () => {
      const { here, elsewhere } = fixture({ scope });
      leave(elsewhere.run('k', () => never));
      return here.run('k', () => 1);
    },
  ],
  [
    'IDEM_KEY_REUSED',
    'of a result',
    async () => {
      const { here } = fixture({ scope });
      await here.run('k', () => 1, { fingerprint: 'a' });
      return here.run('k', () => 1, { fingerprint: 'b' });
    },
  ],
  [
    'IDEM_LEASE_LOST',
    'at its completion',
    () => {
      const { here, store } = fixture({ scope });
      return here.run('k', () => store.remove(KEY));
    },
  ],
  [
    'IDEM_LEASE_LOST',
    'while it runs',
    () => withStore({ renew: async () => false }).run('k', () => never),
  ],
  ['IDEM_NOT_RECORDED', 'in time', () => withStore({ complete: () => never }).run('k', () => 1)],
  ['IDEM_STORE_TIMEOUT', 'of a claim', () => withStore({ claim: () => never }).run('k', () => 1)],
  [
    'IDEM_STORE_FAILED',
    'by an answer to a claim',
    () => withStore({ claim: async () => ({}) }).run('k', () => 1),
  ],
  ['IDEM_RESULT_UNENCODABLE', 'by JSON', () => fixture({ scope }).here.run('k', () => Number.NaN)],
  [
    'IDEM_RESULT_UNENCODABLE',
    'as a replay',
    async () => {
      const { here } = fixture({ scope });
      await rejection(here.run('k', () => Number.NaN));
      return here.run('k', () => 1);
    },
  ],
  [
    'IDEM_RESULT_UNDECODABLE',
    'of a foreign record',
    async () => {
      const { here, store } = fixture({ scope });
      await store.store(KEY, Buffer.from('foreign'), TTL);
      return here.run('k', () => 1);
    },
  ],
  [
    'IDEM_RESULT_UNDECODABLE',
    'of another codec',
    async () => {
      const { here, store } = fixture({ scope });
      await store.store(KEY, Buffer.from('idem1:value:{'), TTL);
      return here.run('k', () => 1);
    },
  ],
  [
    'IDEM_RESULT_UNDECODABLE',
    'of another encryption key',
    async () => {
      const { here, store } = fixture({ scope, codec: encrypted(jsonCodec, keys()) });
      await here.run('k', () => 1);
      const other = fixture({ scope, store, codec: encrypted(jsonCodec, keys()) });
      return other.here.run('k', () => 1);
    },
  ],
  [
    'IDEM_INVALID_OPTIONS',
    'by a begin that does not run the work',
    () => {
      const { here } = setUp({ scope });
      return here.runInTransaction('k', async () => JSON.parse('1'), charge);
    },
  ],
  [
    'IDEM_INVALID_OPTIONS',
    'by a begin that is none',
    // @ts-expect-error: bad on purpose
    () => setUp({ scope }).here.runInTransaction('k', undefined, charge),
  ],
  ['IDEM_INVALID_FINGERPRINT', 'undefined', () => run({ fingerprint: undefined })],
  ['IDEM_INVALID_TTL', 'of 0', () => run({ ttl: 0 })],
  ['IDEM_INVALID_LEASE', 'of 0', () => run({ lease: 0 })],
  ['IDEM_TTL_TOO_SHORT', 'for the lease', () => run({ ttl: LEASE - 1 })],
  ['IDEM_INVALID_OPTIONS', 'with a name misspelt', () => run({ fingerPrint: 'body' })],
];

function run(options: object): Promise<unknown> {
  const given: RunOptions = options;
  return fixture({ scope }).here.run('k', () => 1, given);
}

describe('every error that the executor throws says the key of the record', () => {
  test.each(refused)('%s %s', async (code, _, call) => {
    const error = rejection(call());
    await pass(LEASE * 2);
    expect(await error).toMatchObject({ name: 'IdempotencyError', code, key: KEY });
  });
});

test.each<[IdempotencyErrorCode, unknown, unknown]>([
  ['IDEM_INVALID_KEY', '', {}],
  ['IDEM_INVALID_KEY', undefined, {}],
  ['IDEM_INVALID_OPTIONS', 'k', { scope: '' }],
  ['IDEM_INVALID_OPTIONS', 'k', null],
])('%s has none where nobody can tell it: %o, %o', async (code, key, options) => {
  // @ts-expect-error: bad on purpose
  const error = await rejection(fixture().here.run(key, () => 1, options));
  expect(error).toMatchObject({ code });
  expect(error).not.toHaveProperty('key');
});

test('the error of the store comes out as it is', async () => {
  const { here, store } = fixture({ scope });
  const error = new Error('connection refused');
  store.fail('claim', { when: 'before', error });
  expect(await rejection(here.run('k', () => 1))).toBe(error);
});
