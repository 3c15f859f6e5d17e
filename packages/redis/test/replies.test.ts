import { type IdempotencyError, isIdempotencyError } from '@idem/core';
import { expect, test } from 'vitest';
import {
  parseBoolean,
  parseClaim,
  parseFound,
  parseInspection,
  parseKept,
  toReply,
} from '../src/replies.ts';

const key = 'order';

/** What was thrown for an answer. */
function refusal(parse: () => unknown): IdempotencyError {
  try {
    return expect.fail(`answered ${String(parse())}`);
  } catch (error) {
    if (isIdempotencyError(error)) return error;
    throw error;
  }
}

const record = (value: string): Buffer =>
  Buffer.from(`idem1 done 1795501749362118 q0lAq0lAq0lAq0lAq0lAq0 f=1 ${value.length}\n${value}`);

test('an answer that no script gives is the fault of the client or the server, and shown', () => {
  const odd = Buffer.from('Z\u00e9', 'latin1');
  const parsers = { parseBoolean, parseInspection };
  for (const [name, parse] of Object.entries(parsers)) {
    for (const answer of [odd, Buffer.from('Z'), null]) {
      const { code, message } = refusal(() => parse(answer, key));
      expect(code, name).toBe('IDEM_STORE_FAILED');
      expect(message).toMatch(/client changes replies, or the server does not run scripts/);
      if (answer === odd) expect(message).toMatch(/Zé/);
    }
  }
  expect(refusal(() => parseClaim(null, key)).message).toMatch(/null/);
  expect(refusal(() => parseClaim(Buffer.from('A0x'), key)).code).toBe('IDEM_STORE_FAILED');
  expect(refusal(() => parseClaim(Buffer.from('Px f'), key)).code).toBe('IDEM_STORE_FAILED');
  for (const answer of [7, 'text', undefined, [Buffer.from('1')]]) {
    const { code, message } = refusal(() => toReply(answer));
    expect(code).toBe('IDEM_STORE_FAILED');
    expect(message).toMatch(/not bytes: the client changes replies/);
  }
});

test('a client that answers text is in a MULTI when the text says so', () => {
  for (const answer of ['QUEUED', Buffer.from('QUEUED')]) {
    for (const parse of [parseBoolean, parseFound, parseClaim, parseInspection]) {
      const { code, message } = refusal(() => parse(answer, key));
      expect(code).toBe('IDEM_STORE_FAILED');
      expect(message).toMatch(/"QUEUED".*: a MULTI is open on its connection/);
    }
  }
  for (const [answer, code] of [
    ['QUEUEE', 'IDEM_RECORD_CORRUPT'],
    ['QUEUED!', 'IDEM_RECORD_CORRUPT'],
  ] as const) {
    expect(refusal(() => parseFound(Buffer.from(answer), key)).code).toBe(code);
  }
});

test('what is kept is a record and its end, and nothing else', () => {
  const reply = record('result');
  expect(parseKept([reply, Buffer.from('1700000000000')], key)).toEqual({
    completed: {
      outcome: 'completed',
      value: new Uint8Array(Buffer.from('result')),
      fingerprint: 'f=1',
    },
    ends: 1_700_000_000_000,
  });
  expect(parseKept([reply, Buffer.from('-1')], key).ends).toBe(Number.POSITIVE_INFINITY);
  expect(parseKept([reply, Buffer.from('0')], key).ends).toBe(0);
  const answers = [
    [reply],
    [reply, Buffer.from('1'), Buffer.from('1')],
    [null, Buffer.from('1')],
    [reply, Buffer.from('soon')],
    [reply, null],
  ];
  for (const answer of answers) {
    expect(refusal(() => parseKept(answer, key)).code).toBe('IDEM_STORE_FAILED');
  }
});

test.each([1, 65_535, 65_536, 70_000])('a value of %d bytes belongs to the caller', (size) => {
  const value = 'x'.repeat(size);
  const whole = record(value);
  const around = Buffer.concat([Buffer.from('before'), whole, Buffer.from('after')]);
  const own = new Uint8Array(whole.byteLength);
  own.set(whole);
  const replies = {
    'with its memory to itself': Buffer.from(own.buffer),
    'as a part of another': around.subarray(6, 6 + whole.byteLength),
  };
  for (const [how, reply] of Object.entries(replies)) {
    const found = Buffer.from(parseFound(reply, key) ?? []);
    expect(found.toString('latin1') === value, how).toBe(true);
  }
  const part = parseFound(replies['as a part of another'], key);
  around.fill(0);
  expect(Buffer.from(part ?? []).toString('latin1') === value).toBe(true);
});
