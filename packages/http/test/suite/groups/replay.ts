import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import type { Handler } from '../app.ts';
import { group, onNode } from '../cases.ts';
import { expectReplay, isReplay, type Options, type Stage } from '../stage.ts';

/** Every byte there is, and none that is text. */
const BINARY = Uint8Array.from({ length: 512 }, (_, at) => at % 256);

const file = join(mkdtempSync(join(tmpdir(), 'idem-http-')), 'receipt.bin');
writeFileSync(file, Buffer.concat(Array.from({ length: 400 }, () => BINARY)));

function replays(
  handler: Handler,
  also: (
    first: Awaited<ReturnType<Stage['pay']>>,
    retry: Awaited<ReturnType<Stage['pay']>>,
  ) => void = () => {},
  options: Options = {},
) {
  return async (stage: Stage): Promise<void> => {
    stage.use(options, handler);
    const [first, retry] = await stage.payTwice();
    expectReplay(stage, first, retry);
    expect(retry.headers['content-type']).toBe(first.headers['content-type']);
    also(first, retry);
  };
}

export const replay = group('a replay is exact', {
  'an object': replays(
    (call) => call.json(201, { receipt: 'R-1', lines: [1.5, null, 'é'] }),
    (first) => {
      expect(first.json()).toEqual({ receipt: 'R-1', lines: [1.5, null, 'é'] });
    },
  ),
  'bytes that are no text': replays(
    (call) => call.bytes(200, BINARY, { 'content-type': 'application/pdf' }),
    (first) => {
      expect(first.body.equals(BINARY)).toBe(true);
    },
  ),
  'text of every kind': replays((call) =>
    call.bytes(200, Buffer.from('\ufeff"quotes" \\ \u0000\u001f \u2028 😀'), {
      'content-type': 'text/plain; charset=utf-8',
    }),
  ),
  'a 204': replays(
    (call) => call.empty(204),
    (first, retry) => {
      expect([first.status, retry.status, retry.body.length]).toEqual([204, 204, 0]);
    },
  ),
  'a 304 with its etag': replays(
    (call) => call.empty(304, { etag: '"v1"' }),
    (_, retry) => {
      expect([retry.status, retry.headers.etag, retry.body.length]).toEqual([304, '"v1"', 0]);
    },
  ),
  'a 200 without a body': replays(
    (call) => call.empty(200, { 'x-done': 'yes' }),
    (_, retry) => {
      expect([retry.body.length, retry.headers['x-done']]).toEqual([0, 'yes']);
    },
  ),
  'a redirect with its location': replays(
    (call) => call.redirect(303, '/receipts/1'),
    (_, retry) => {
      expect([retry.status, retry.headers.location]).toEqual([303, '/receipts/1']);
    },
  ),
  'a 202 and a 422 of the handler': async (stage) => {
    for (const status of [202, 422]) {
      stage.executions = 0;
      stage.use({}, (call) => call.json(status, { status }));
      const headers = { 'idempotency-key': `"s-${status}"` };
      expectReplay(stage, ...(await stage.payTwice({ headers })));
    }
  },
  'a compressed body, as it was sent': replays(
    (call) =>
      call.bytes(200, gzipSync('zipped '.repeat(99)), {
        'content-type': 'text/plain',
        'content-encoding': 'gzip',
      }),
    (_, retry) => expect(retry.headers['content-encoding']).toBe('gzip'),
  ),
  'the answer to HEAD, with its length': async (stage) => {
    stage.use({ methods: ['HEAD'] }, (call) =>
      call.empty(200, { 'content-length': '5150', etag: '"h"' }),
    );
    const sent = { method: 'HEAD', headers: { 'idempotency-key': '"head"' } };
    const first = await stage.client.send(sent);
    const retry = await stage.client.send(sent);
    expectReplay(stage, first, retry);
    expect([retry.headers['content-length'], retry.headers.etag]).toEqual([
      first.headers['content-length'],
      '"h"',
    ]);
  },
  'a stream of several chunks': replays(
    (call) =>
      call.stream(200, Readable.from([Buffer.from('one,'), BINARY, Buffer.from(',three')]), {
        'content-type': 'application/octet-stream',
      }),
    (first) => {
      expect(
        first.body.equals(Buffer.concat([Buffer.from('one,'), BINARY, Buffer.from(',three')])),
      ).toBe(true);
    },
  ),
  'an empty stream': replays((call) =>
    call.stream(200, Readable.from([]), { 'content-type': 'text/plain' }),
  ),
  'a file': replays(
    (call) => call.file(file),
    (first) => {
      expect(first.body.length).toBe(400 * 512);
    },
  ),
  'content headers, etag, last-modified, link and those of the application': replays(
    (call) =>
      call.json(
        201,
        {},
        {
          'content-language': 'de',
          'content-disposition': 'inline',
          etag: '"v1"',
          'last-modified': 'Tue, 15 Nov 1994 12:45:26 GMT',
          link: '</p/1>; rel="self"',
          'x-receipt': 'R-1',
          'cache-control': 'no-store',
        },
      ),
    (first, retry) => {
      for (const name of [
        'content-language',
        'content-disposition',
        'etag',
        'last-modified',
        'link',
        'x-receipt',
        'cache-control',
      ]) {
        expect(retry.headers[name]).toBe(first.headers[name]);
        expect(retry.headers[name]).toBeDefined();
      }
    },
  ),
  'one header sent on several lines': replays(
    (call) => call.json(200, {}, { link: ['</1>; rel="a"', '</2>; rel="b"'] }),
    (first, retry) => {
      const linksOf = ({ lines }: typeof first) =>
        lines
          .filter(([name]) => name === 'link')
          .map(([, value]) => value)
          .join(', ');
      expect(linksOf(retry)).toBe(linksOf(first));
      expect(linksOf(retry)).toBe('</1>; rel="a", </2>; rel="b"');
    },
  ),
  'any number of times, and at the same time': async (stage) => {
    stage.use({}, (call) => call.json(201, { receipt: 'R-1' }));
    const first = await stage.pay();
    const retries = await Promise.all(Array.from({ length: 20 }, () => stage.pay()));
    expect(stage.executions).toBe(1);
    for (const retry of retries)
      expect(retry.body.equals(first.body) && isReplay(retry)).toBe(true);
  },
  'by another server on the same store': async (stage) => {
    stage.use({}, (call) => call.json(201, { receipt: 'R-1' }, { 'x-receipt': 'R-1' }));
    const first = await stage.pay();
    stage.use({}, (call) => call.json(500, { receipt: 'R-2' }));
    expectReplay(stage, first, await stage.pay());
  },
  'pieces written one by one': [
    onNode,
    replays(
      (call) =>
        call.raw((res) => {
          res.writeHead(200, { 'content-type': 'application/octet-stream' });
          for (const byte of BINARY) res.write(Uint8Array.of(byte));
          res.end();
        }),
      (first) => expect(first.body.equals(BINARY)).toBe(true),
    ),
  ],
  'end with a piece, an encoding and a callback': [
    onNode,
    async (stage) => {
      let called = 0;
      stage.use({}, (call) =>
        call.raw((res) => {
          res.setHeader('content-type', 'text/plain');
          res.write('6869', 'hex', () => {
            called += 1;
          });
          res.end('IQ==', 'base64', () => {
            called += 1;
          });
        }),
      );
      const [first, retry] = await stage.payTwice();
      expectReplay(stage, first, retry);
      expect([retry.body.toString(), called]).toEqual(['hi!', 2]);
    },
  ],
  'a buffer that the handler uses again': [
    onNode,
    replays(
      (call) =>
        call.raw((res) => {
          const buffer = Buffer.from('first');
          res.write(buffer);
          buffer.fill('x');
          res.end();
        }),
      (first) => expect(first.body.toString()).toBe('first'),
    ),
  ],
  'headers given to writeHead as a list': [
    onNode,
    replays(
      (call) =>
        call.raw((res) => {
          res.writeHead(201, ['Content-Type', 'text/plain', 'X-Two', '1', 'X-Two', '2']).end('ok');
        }),
      (_, retry) => expect([retry.status, retry.headers['x-two']]).toEqual([201, '1, 2']),
    ),
  ],
  'a reason phrase of the handler': [
    onNode,
    replays(
      (call) =>
        call.raw((res) => {
          res.writeHead(200, 'Paid', { 'content-type': 'text/plain' }).end('ok');
        }),
      (first, retry) => expect([first.statusText, retry.statusText]).toEqual(['Paid', 'Paid']),
    ),
  ],
  trailers: [
    onNode,
    replays(
      (call) =>
        call.raw((res) => {
          res.writeHead(200, { 'content-type': 'text/plain', trailer: 'x-sum' });
          res.write('body');
          res.addTrailers({ 'x-sum': '4' });
          res.end();
        }),
      (first, retry) =>
        expect([first.trailers['x-sum'], retry.trailers['x-sum']]).toEqual(['4', '4']),
    ),
  ],
  'headers flushed before the body': [
    onNode,
    replays((call) =>
      call.raw((res) => {
        res.setHeader('content-type', 'text/plain');
        res.flushHeaders();
        res.end('late');
      }),
    ),
  ],
  'what is set after the head is sent is refused as ever, and not in the answer': [
    onNode,
    async (stage) => {
      let code = '';
      stage.use({}, (call) =>
        call.raw((res) => {
          res.statusCode = 200;
          res.write('a');
          expect(res.headersSent).toBe(true);
          try {
            res.setHeader('x-late', 'yes');
          } catch (error) {
            code = error instanceof Error && 'code' in error ? String(error.code) : '';
          }
          res.statusCode = 418;
          res.end('b');
          expect(res.writableEnded).toBe(true);
        }),
      );
      const [first, retry] = await stage.payTwice();
      expectReplay(stage, first, retry);
      expect([code, first.status, first.headers['x-late'], retry.headers['x-late']]).toEqual([
        'ERR_HTTP_HEADERS_SENT',
        200,
        undefined,
        undefined,
      ]);
    },
  ],
});
