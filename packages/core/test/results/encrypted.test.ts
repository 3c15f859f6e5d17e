import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type Codec, encrypted, jsonCodec } from '../../src/index.ts';
import { encodeError, encodeValue, readRecord } from '../../src/results/record.ts';
import { fixture, rejection } from '../support/fixture.ts';

const old = { id: '2024', key: randomBytes(32) };
const current = { id: '2025', key: randomBytes(32) };
const context = { key: 'k', kind: 'value' } as const;
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
  const bytes = await codec.encode('secret', context);
  key.fill(0);
  expect(await codec.decode(bytes, context)).toBe('secret');
});

test('a codec without promises costs no turn, encrypted too', () => {
  const codec = encrypted(jsonCodec, [old]);
  const bytes = codec.encode({ a: 1 }, context);
  if (bytes instanceof Promise) throw new Error('A promise was made.');
  expect(codec.decode(bytes, context)).toEqual({ a: 1 });
  expect(encodeValue(codec, 'k', { a: 1 })).not.toBeInstanceOf(Promise);
});

test('one with promises is waited for, and what it refuses is refused', async () => {
  const slow: Codec = {
    encode: async (value, of) => jsonCodec.encode(value, of),
    decode: async (bytes, of) => jsonCodec.decode(bytes, of),
  };
  const codec = encrypted(slow, [old]);
  expect(await codec.decode(await codec.encode([1], context), context)).toEqual([1]);
  const { bytes, reading } = await encodeValue(codec, 'k', [1]);
  expect(await readRecord(codec, 'k', bytes)).toEqual(reading);
  await expect(encodeValue(codec, 'k', 1n)).rejects.toMatchObject({
    code: 'IDEM_RESULT_UNENCODABLE',
  });
});

describe('turned on for records that are there unencrypted', () => {
  const both = encrypted(jsonCodec, [current], { readUnencrypted: true });
  const read = (record: string | Uint8Array): unknown =>
    readRecord(both, 'k', typeof record === 'string' ? Buffer.from(record) : record);

  test('those are read, results and errors, and what is new is encrypted', async () => {
    expect(read('idem1:value:{"card":"4242"}')).toEqual({ kind: 'value', value: { card: '4242' } });
    expect(read('idem1:value:')).toEqual({ kind: 'value', value: undefined });
    const { bytes } = await encodeError(jsonCodec, 'k', new Error('declined'));
    expect(read(bytes)).toMatchObject({ kind: 'error', error: { message: 'declined' } });
    const made = await encodeValue(both, 'k', 'secret');
    expect(Buffer.from(made.bytes).toString('latin1')).toMatch(/^idem1:value:gcm1:2025:/);
    expect(read(made.bytes)).toEqual({ kind: 'value', value: 'secret' });
  });

  test('and only with the option', () => {
    const strict = encrypted(jsonCodec, [current], { readUnencrypted: false });
    expect(() => readRecord(strict, 'k', Buffer.from('idem1:value:1'))).toThrow(
      expect.objectContaining(undecodable),
    );
  });

  test('what is encrypted is never read in another way, whatever the codec would make of it', async () => {
    // This one reads any bytes as a result.
    const reads: Codec = {
      encode: (value) => Buffer.from(String(value)),
      decode: (bytes) => Buffer.from(bytes).toString('latin1'),
    };
    const codec = encrypted(reads, [current], { readUnencrypted: true });
    expect(codec.decode(Buffer.from('plain'), context)).toBe('plain');
    const sealed = await codec.encode('secret', context);
    for (let at = 'gcm1:'.length; at < sealed.byteLength; at++) {
      const changed = new Uint8Array(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      for (const bytes of [changed, sealed.subarray(0, at)]) {
        expect(() => codec.decode(bytes, context)).toThrow(expect.objectContaining(undecodable));
      }
    }
    const foreign = await encrypted(reads, [old]).encode('secret', context);
    expect(() => codec.decode(foreign, context)).toThrow(expect.objectContaining(undecodable));
    const moved = { key: 'other', kind: 'value' } as const;
    expect(() => codec.decode(sealed, moved)).toThrow(expect.objectContaining(undecodable));
  });
});

test('a codec that is none is refused when it is made, before anything is executed', () => {
  for (const codec of [undefined, null, {}, { encode: () => new Uint8Array() }, 'json']) {
    // @ts-expect-error: not a codec
    const make = (): unknown => encrypted(codec, [old]);
    expect(make).toThrow(expect.objectContaining({ code: 'IDEM_INVALID_OPTIONS' }));
    expect(make).toThrow(/codec must be an object \{ encode, decode \}/);
  }
});

test('options that are none are refused', () => {
  for (const options of [null, 'x', { readUnencryptd: true }, { readUnencrypted: 'yes' }]) {
    // @ts-expect-error: not options
    const make = (): unknown => encrypted(jsonCodec, [old], options);
    expect(make).toThrow(expect.objectContaining({ code: 'IDEM_INVALID_OPTIONS' }));
  }
});

test('keys that are none are refused, without showing them', () => {
  const key = randomBytes(32);
  const secret = 'a passphrase of 32 characters !!';
  const lists: unknown[] = [
    undefined,
    null,
    secret,
    { id: 'a', key },
    [],
    new Array(1),
    [secret],
    [null],
    [{ id: 'a' }],
    [{ id: secret, key: 'a' }],
    [{ id: 'a', key, kye: secret }],
    [{ id: '', key }],
    [{ id: 'a:b', key }],
    [{ id: 'a', key: randomBytes(16) }],
    [{ id: 'a', key: secret }],
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
