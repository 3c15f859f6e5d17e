import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { encrypted, jsonCodec } from '../../src/index.ts';
import { fixture, rejection } from '../support/fixture.ts';

const old = { id: '2024', key: randomBytes(32) };
const current = { id: '2025', key: randomBytes(32) };
const undecodable = { code: 'IDEM_RESULT_UNDECODABLE', retryable: false };

async function stored(keys = [old], run: () => unknown = () => ({ card: '4242' })) {
  const executors = fixture({ codec: encrypted(jsonCodec, keys), recordErrors: () => true });
  await executors.here.run('k', run).catch(() => {});
  const bytes = await executors.store.find('k');
  if (bytes === null) throw new Error('Nothing was recorded.');
  return { ...executors, bytes };
}

test('what is recorded says nothing of the result, and is replayed', async () => {
  const { here, bytes } = await stored();
  const text = Buffer.from(bytes).toString('latin1');
  expect(text.startsWith('idem1:value:gcm1:2024:')).toBe(true);
  expect(text).not.toContain('4242');
  expect(await here.run('k', () => 1)).toEqual({ value: { card: '4242' }, replayed: true });
});

test('recorded errors are encrypted too', async () => {
  const { here, bytes } = await stored([old], () => Promise.reject(new Error('card 4242')));
  expect(Buffer.from(bytes).toString('latin1')).not.toContain('4242');
  expect(await rejection(here.run('k', () => 1))).toMatchObject({ message: 'card 4242' });
});

test('every result is one, also undefined', async () => {
  const { here } = await stored([old], () => undefined);
  expect(await here.run('k', () => 1)).toEqual({ value: undefined, replayed: true });
});

test('the same result is never the same bytes', async () => {
  const one = await stored();
  const two = await stored();
  expect(Buffer.from(one.bytes).equals(two.bytes)).toBe(false);
});

test('the first key encrypts, and every key decrypts', async () => {
  const { store, bytes } = await stored([old]);
  const rotated = fixture({ codec: encrypted(jsonCodec, [current, old]) });
  await rotated.store.store('k', bytes, 1_000);
  expect((await rotated.here.run('k', () => 1)).value).toEqual({ card: '4242' });
  await rotated.here.run('new', () => 1);
  expect(Buffer.from((await rotated.store.find('new')) ?? []).toString('latin1')).toContain(
    'gcm1:2025:',
  );
  await store.close();
});

describe('never returned', () => {
  test('a record moved to another key', async () => {
    const { here, store, bytes } = await stored();
    await store.store('other', bytes, 1_000);
    expect(await rejection(here.run('other', () => 1))).toMatchObject(undecodable);
  });

  test('an error turned into a result', async () => {
    const { here, store, bytes } = await stored([old], () => Promise.reject(new Error('declined')));
    const forged = Buffer.from(bytes);
    forged.write('idem1:value:');
    await store.store('k', forged, 1_000);
    expect(await rejection(here.run('k', () => 1))).toMatchObject(undecodable);
  });

  test('a record of which any byte was changed or cut off', async () => {
    const { here, store, bytes } = await stored();
    for (let at = 0; at < bytes.byteLength; at++) {
      const changed = new Uint8Array(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      await store.store('k', changed, 1_000);
      expect(await rejection(here.run('k', () => 1))).toMatchObject(undecodable);
      await store.store('k', bytes.subarray(0, at), 1_000);
      expect(await rejection(here.run('k', () => 1))).toMatchObject(undecodable);
    }
  });

  test('a record of a key that is not given, or is another by the same id', async () => {
    const { bytes } = await stored([old]);
    for (const keys of [[current], [{ id: '2024', key: randomBytes(32) }]]) {
      const { here, store } = fixture({ codec: encrypted(jsonCodec, keys) });
      await store.store('k', bytes, 1_000);
      expect(await rejection(here.run('k', () => 1))).toMatchObject(undecodable);
    }
  });

  test('a record that is not encrypted', async () => {
    const { here, store } = await stored();
    await store.store('k', Buffer.from('idem1:value:1'), 1_000);
    expect(await rejection(here.run('k', () => 1))).toMatchObject(undecodable);
  });
});

test('keys are copied', async () => {
  const key = new Uint8Array(randomBytes(32));
  const codec = encrypted(jsonCodec, [{ id: 'a', key }]);
  const context = { key: 'k', kind: 'value' } as const;
  const bytes = await codec.encode('secret', context);
  key.fill(0);
  expect(await codec.decode(bytes, context)).toBe('secret');
});

test('keys that are none are refused, without showing them', () => {
  const key = randomBytes(32);
  const lists: unknown[] = [
    [],
    [{ id: '', key }],
    [{ id: 'a:b', key }],
    [{ id: 'a', key: randomBytes(16) }],
    [{ id: 'a', key: 'a passphrase of 32 characters !!' }],
    [
      { id: 'a', key },
      { id: 'a', key },
    ],
  ];
  for (const keys of lists) {
    // @ts-expect-error: not keys
    const make = (): unknown => encrypted(jsonCodec, keys);
    expect(make).toThrow(expect.objectContaining({ code: 'IDEM_INVALID_OPTIONS' }));
    expect(make).not.toThrow(/passphrase/);
  }
});
