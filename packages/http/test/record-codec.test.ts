import { jsonCodec } from '@idem/core';
import { describe, expect, test } from 'vitest';
import { fromRecord, toRecord } from '../src/answer/record.ts';
import { recordCodec } from '../src/answer/record-codec.ts';

const CONTEXT = { key: 'k', kind: 'value' } as const;
const TEXT = ['content-type', 'text/plain'] as const;

/** Twice: the second time its head is known. */
function readTwice(json: string): readonly unknown[] {
  const bytes = Buffer.from(json);
  return [1, 2].map(() => recordCodec.decode(bytes, CONTEXT));
}

describe('what is read is what JSON says', () => {
  const bodies = ['', 'text', '{"a":"b"}', ',"text":"', '"}', '\\', '\u0000\n', 'é😀', '"'];
  const fields = [[], [TEXT], [['link', ',"text":"'] as const], [['via', ['a', 'b']] as const]];
  test.each(bodies.flatMap((body) => fields.map((headers) => ({ body, headers }))))(
    '$body under $headers',
    ({ body, headers }) => {
      const record = toRecord({ status: 201, headers }, headers, body, undefined);
      for (const read of readTwice(JSON.stringify(record))) {
        expect(fromRecord(read)).toEqual(fromRecord(record));
      }
    },
  );

  test.each([
    ['with a reason', '{"http":1,"status":201,"statusText":"Made","headers":[],"text":"a"}'],
    [
      'with trailers',
      '{"http":1,"status":201,"headers":[],"text":"a","trailers":[["digest","b"]]}',
    ],
    ['with another body after it', '{"http":1,"status":201,"headers":[],"text":"a","text":"b"}'],
    ['with another status after it', '{"http":1,"status":201,"headers":[],"text":"a","status":9}'],
    ['that is no answer', '{"http":2,"status":201,"headers":[],"text":"a"}'],
    ['whose header cannot be sent', '{"http":1,"status":201,"headers":[["a b","c"]],"text":"d"}'],
  ])('%s', (_, json) => {
    readTwice('{"http":1,"status":201,"headers":[],"text":"known"}');
    for (const read of readTwice(json)) {
      expect(fromRecord(read)).toEqual(fromRecord(JSON.parse(json)));
    }
  });

  test('what is no JSON is none, with a head that is known as without', () => {
    readTwice('{"http":1,"status":201,"headers":[],"text":"known"}');
    const head = '{"http":1,"status":201,"headers":[],"text":';
    for (const json of [
      `${head}"a`,
      `${head}"a"`,
      `${head}"a"]`,
      `${head}"a"\u0000`,
      '{"http":1',
    ]) {
      expect(() => recordCodec.decode(Buffer.from(json), CONTEXT)).toThrow(SyntaxError);
    }
  });
});

test('what is written is what JSON writes', async () => {
  const headers = [TEXT, ['vary', ['a', 'b']] as const];
  for (const body of ['', '{"a":"b"}', '\u2028\ud83d', Buffer.from([0xff])]) {
    const record = toRecord({ status: 201, headers }, headers, body, undefined);
    const written = Buffer.from(await recordCodec.encode(record, CONTEXT));
    expect(written).toEqual(Buffer.from(await jsonCodec.encode(record, CONTEXT)));
  }
});

test.each([
  ['another version', { http: 2, status: 201, headers: [], text: 'a' }],
  ['a status that is text', { http: 1, status: '201', headers: [], text: 'a' }],
  ['fields in another order', { text: 'a', headers: [], status: 201, http: 1 }],
  ['more than that', { http: 1, status: 201, headers: [], text: 'a', more: 1 }],
])('%s is written as it is', async (_, record) => {
  const written = Buffer.from(await recordCodec.encode(record, CONTEXT)).toString();
  expect(JSON.parse(written)).toEqual(record);
});

test('one reader changes nothing of what another reads', () => {
  const json = '{"http":1,"status":200,"headers":[["a","b"]],"text":"c"}';
  const [, known] = readTwice(json).map(fromRecord);
  expect(known).toMatchObject({ kind: 'answer', answer: { headers: [['a', 'b']] } });
});

test('a list of values is each reader’s own, although the head is known', () => {
  const json = '{"http":1,"status":201,"headers":[["link",["a","b"]]],"text":"R-1"}';
  const lists = readTwice(json).map((read) => {
    const recorded = fromRecord(read);
    const list: unknown = recorded.kind === 'answer' ? recorded.answer.headers[0]?.[1] : undefined;
    if (Array.isArray(list)) list.push('c');
    return list;
  });
  expect(lists).toEqual([
    ['a', 'b', 'c'],
    ['a', 'b', 'c'],
  ]);
});

test('an error that looks like an answer is read as an error', () => {
  const json = '{"http":1,"status":201,"headers":[],"text":"R-1"}';
  readTwice(json);
  const read = recordCodec.decode(Buffer.from(json), { key: 'k', kind: 'error' });
  expect(fromRecord(read)).not.toBe(read);
  expect(read).toStrictEqual(JSON.parse(json));
});

test('a record without a byte is undefined, as everywhere', () => {
  expect(recordCodec.decode(new Uint8Array(), CONTEXT)).toBeUndefined();
});
