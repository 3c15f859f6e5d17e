import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { idempotent } from '../../src/node.ts';
import { executor, serving } from './support/serve.ts';

const ALL = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8');

function inTwo(
  res: ServerResponse,
  first: string | Buffer,
  last: string | Buffer,
  encoding: BufferEncoding = 'utf8',
): void {
  res.write(first);
  res.end(last, encoding);
}

/** What a response of Node sends for each of them. */
test.each<[string, (res: ServerResponse) => void, Buffer]>([
  ['no body', (res) => res.end(), utf8('')],
  ['an empty text', (res) => res.end(''), utf8('')],
  ['empty bytes', (res) => res.end(new Uint8Array()), utf8('')],
  ['text', (res) => res.end('é漢😀\u0000'), utf8('é漢😀\u0000')],
  ['a byte order mark', (res) => res.end('\ufeffa'), utf8('\ufeffa')],
  ['a byte order mark as bytes', (res) => res.end(utf8('\ufeffa')), utf8('\ufeffa')],
  ['a lone surrogate', (res) => res.end('a\ud800'), utf8('a\ufffd')],
  ['a pair that was cut', (res) => inTwo(res, '\ud83d', '\ude00'), utf8('\ufffd\ufffd')],
  ['every byte', (res) => res.end(ALL), ALL],
  ['UTF-8 that was cut', (res) => res.end(Buffer.of(0xe6, 0xbc)), Buffer.of(0xe6, 0xbc)],
  ['a character in two parts', (res) => inTwo(res, Buffer.of(0xc3), Buffer.of(0xa9)), utf8('é')],
  ['Latin-1', (res) => res.end('é', 'latin1'), Buffer.of(0xe9)],
  ['UTF-16', (res) => res.end('é', 'utf16le'), Buffer.of(0xe9, 0)],
  ['base64', (res) => res.end('/wA=', 'base64'), Buffer.of(255, 0)],
  ['hexadecimal', (res) => res.end('ff00', 'hex'), Buffer.of(255, 0)],
  ['an encoding in capitals', (res) => res.end('é', 'UTF8' as never), utf8('é')],
  ['text after bytes', (res) => inTwo(res, ALL, 'é'), Buffer.concat([ALL, utf8('é')])],
  ['text in two encodings', (res) => inTwo(res, 'é', 'é', 'latin1'), Buffer.of(0xc3, 0xa9, 0xe9)],
  ['a part of other bytes', (res) => res.end(ALL.subarray(200, 210)), ALL.subarray(200, 210)],
])('%s is sent, and replayed, byte for byte', async (_, answer, bytes) => {
  const options = { idempotency: executor(), principal: 'anonymous' } as const;
  await serving(
    idempotent(options, (_req, res) => void answer(res)),
    async ({ pay }) => {
      expect((await pay()).body).toEqual(bytes);
      const replay = await pay();
      expect([replay.body, replay.headers['idempotency-replayed']]).toEqual([bytes, 'true']);
    },
  );
});

test('bytes that the handler uses again once they are written are sent and recorded as they were', async () => {
  const options = { idempotency: executor(), principal: 'anonymous' } as const;
  const listener = idempotent(options, (_req, res) => {
    const bytes = Buffer.from('first');
    res.write(bytes);
    bytes.write('again');
    res.end(bytes);
    bytes.fill(0);
  });
  await serving(listener, async ({ pay }) => {
    for (const { body } of [await pay(), await pay()]) {
      expect(body.toString()).toBe('firstagain');
    }
  });
});

test('a text is counted in bytes against what is kept', async () => {
  const options = { idempotency: executor(), principal: 'anonymous', maxResponseBytes: 9 } as const;
  let text = '漢'.repeat(3);
  const listener = idempotent(options, (_req, res) => void res.end(text));
  await serving(listener, async ({ pay }) => {
    expect((await pay()).headers['idempotency-recorded']).toBeUndefined();
    text = '漢'.repeat(4);
    const longer = await pay({ headers: { 'idempotency-key': 'other' } });
    expect([longer.body.toString(), longer.headers['idempotency-recorded']]).toEqual([
      text,
      'outcome-only',
    ]);
  });
});

test('a long text that JSON writes many times as long is recorded', async () => {
  const options = { idempotency: executor(), principal: 'anonymous' } as const;
  const text = '\u0001'.repeat(3 * 1024 * 1024);
  const listener = idempotent(
    { ...options, maxResponseBytes: 4 * 1024 * 1024 },
    (_req, res) => void res.end(text),
  );
  await serving(listener, async ({ pay }) => {
    expect((await pay()).headers['idempotency-recorded']).toBeUndefined();
    const replay = await pay();
    expect([replay.body.equals(Buffer.from(text)), replay.headers['idempotency-replayed']]).toEqual(
      [...[true, 'true']],
    );
  });
});
