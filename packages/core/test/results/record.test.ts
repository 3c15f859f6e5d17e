import { describe, expect, expectTypeOf, test } from 'vitest';
import { type Codec, isIdempotencyError, jsonCodec } from '../../src/index.ts';
import { encodeError, encodeValue, readRecord } from '../../src/results/record.ts';
import { fixture, rejection } from '../support/fixture.ts';

const identity: Codec = {
  encode: (value) => (value instanceof Uint8Array ? value : new Uint8Array()),
  decode: (bytes) => bytes,
};

describe('a codec without promises costs no turn', () => {
  test('results, errors and replays are there at once', () => {
    const record = encodeValue(jsonCodec, 'k', { paid: true });
    if (record instanceof Promise) throw new Error('A promise was made.');
    expect(record.reading).toEqual({ kind: 'value', value: { paid: true } });
    expect(Buffer.from(record.bytes).toString()).toBe('idem1:value:{"paid":true}');
    expect(readRecord(jsonCodec, 'k', record.bytes)).toEqual(record.reading);
    expect(encodeError(jsonCodec, 'k', new Error('x'))).not.toBeInstanceOf(Promise);
    expect(encodeValue(identity, 'k', new Uint8Array(1))).not.toBeInstanceOf(Promise);
  });

  test('and one with promises gives one', async () => {
    const slow: Codec = {
      encode: async (value, context) => jsonCodec.encode(value, context),
      decode: async (bytes, context) => jsonCodec.decode(bytes, context),
    };
    const record = encodeValue(slow, 'k', [1]);
    expect(record).toBeInstanceOf(Promise);
    const { bytes, reading } = await record;
    expect(reading).toEqual({ kind: 'value', value: [1] });
    expect(await readRecord(slow, 'k', bytes)).toEqual(reading);
    await expect(encodeValue(slow, 'k', Number.NaN)).rejects.toMatchObject({
      code: 'IDEM_RESULT_UNENCODABLE',
      value: Number.NaN,
    });
  });
});

describe('what the codec is given and gives is its own', () => {
  test('bytes that it keeps and changes change no record', () => {
    const kept = Buffer.from('kept');
    const record = encodeValue(identity, 'k', kept);
    if (record instanceof Promise || record.reading.kind === 'error') throw new Error('Not so.');
    kept.fill(0);
    expect(Buffer.from(record.bytes).toString()).toBe('idem1:value:kept');
    if (!(record.reading.value instanceof Uint8Array)) throw new Error('No bytes.');
    record.reading.value.fill(0);
    expect(Buffer.from(record.bytes).toString()).toBe('idem1:value:kept');
  });

  test('two who read the same record get bytes of their own, that begin where their memory does', () => {
    const bytes = Buffer.from('idem1:value:shared');
    const [one, two] = [readRecord(identity, 'k', bytes), readRecord(identity, 'k', bytes)];
    if (one instanceof Promise || one.kind === 'error') throw new Error('Not so.');
    if (!(one.value instanceof Uint8Array)) throw new Error('No bytes.');
    expect(one.value.byteOffset).toBe(0);
    one.value.fill(0);
    expect(two).toEqual({ kind: 'value', value: new Uint8Array(Buffer.from('shared')) });
    expect(bytes.toString()).toBe('idem1:value:shared');
  });

  test('what the first caller does to its value reaches neither the record nor the function', () => {
    const returned = { lines: [1] };
    const record = encodeValue(jsonCodec, 'k', returned);
    if (record instanceof Promise || record.reading.kind === 'error') throw new Error('Not so.');
    expect(record.reading.value).not.toBe(returned);
    returned.lines.push(2);
    expect(record.reading.value).toEqual({ lines: [1] });
  });

  test('a codec made from jsonCodec with an encode of its own uses that', () => {
    const codec: Codec = { ...jsonCodec, encode: () => Buffer.from('"mine"') };
    expect(encodeValue(codec, 'k', 1)).toMatchObject({ reading: { value: 'mine' } });
  });

  test('what is no Uint8Array is refused', () => {
    // @ts-expect-error: text is no bytes
    const codec: Codec = { encode: () => 'text', decode: () => 'text' };
    expect(() => encodeValue(codec, 'k', 1)).toThrow(/must encode to a Uint8Array, not to string/);
  });
});

describe('IDEM_RESULT_UNENCODABLE', () => {
  test('carries what the function returned, as it was, for the one that executed it', async () => {
    const { here, elsewhere } = fixture();
    const balances = new Map([['EUR', 1]]);
    const first = await rejection(here.run('k', () => balances));
    if (!isIdempotencyError(first, 'IDEM_RESULT_UNENCODABLE')) throw first;
    expectTypeOf(first.value).toEqualTypeOf<unknown>();
    expect(first.cause).toBeInstanceOf(TypeError);
    expect(Object.keys(first)).not.toContain('value');
    const replay = await rejection(elsewhere.run('k', () => balances));
    expect(replay).toMatchObject({ code: 'IDEM_RESULT_UNENCODABLE', message: first.message });
    expect(replay).not.toHaveProperty('value');
  });

  test('carries what it threw, where that was to be recorded', () => {
    const thrown = new Map();
    const encode = (): unknown => encodeError(jsonCodec, 'k', thrown);
    expect(encode).toThrow(expect.objectContaining({ code: 'IDEM_RESULT_UNENCODABLE', thrown }));
    expect(encode).toThrow(/what it threw cannot be recorded: The value at error\.value is a map/);
  });
});

test('every error of a result says which record it is about', async () => {
  const { here, store } = fixture({ scope: 'acme' });
  const key = '@acme/k';
  expect(await rejection(here.run('k', () => Number.NaN))).toMatchObject({ key });
  expect(await rejection(here.run('k', () => 1))).toMatchObject({ key });
  for (const bytes of ['idem1:value:{', 'idem1:error:{}', 'idem9:value:1', 'of another']) {
    await store.store(key, Buffer.from(bytes), 1_000);
    const error = await rejection(here.run('k', () => 1));
    expect(error).toMatchObject({ code: 'IDEM_RESULT_UNDECODABLE', key });
  }
});
