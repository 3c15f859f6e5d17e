import { expect } from 'vitest';
import { group, onNode } from '../cases.ts';
import { expectReplay, isReplay } from '../stage.ts';

export const headers = group('headers that are for one request', {
  'several Set-Cookie headers reach the first client one by one, and no other': async (stage) => {
    stage.use({}, (call) =>
      call.json(
        200,
        {},
        { 'set-cookie': ['a=1; Path=/', 'b=2; Expires=Tue, 15 Nov 2033 12:45:26 GMT'] },
      ),
    );
    const [first, retry] = await stage.payTwice();
    expectReplay(stage, first, retry);
    expect(first.headers['set-cookie']).toEqual([
      'a=1; Path=/',
      'b=2; Expires=Tue, 15 Nov 2033 12:45:26 GMT',
    ]);
    expect(retry.headers['set-cookie']).toBeUndefined();
  },
  'nothing of authentication is replayed': async (stage) => {
    const secret = {
      authorization: 'Bearer t',
      'www-authenticate': 'Basic',
      'proxy-authenticate': 'Basic',
      'authentication-info': 'n=1',
    };
    stage.use({}, (call) => call.json(200, {}, secret));
    const [first, retry] = await stage.payTwice();
    for (const [name, value] of Object.entries(secret)) {
      expect([first.headers[name], retry.headers[name]]).toEqual([value, undefined]);
    }
  },
  'nothing about one request is replayed': async (stage) => {
    const own = {
      'x-request-id': '1',
      traceparent: '00-1',
      'ratelimit-remaining': '9',
      'x-ratelimit-reset': '1',
      'access-control-allow-origin': 'https://a.example',
      'server-timing': 'db;dur=1',
      age: '3',
    };
    stage.use({}, (call) => call.json(200, {}, own));
    const [first, retry] = await stage.payTwice();
    for (const [name, value] of Object.entries(own)) {
      expect([first.headers[name], retry.headers[name]]).toEqual([value, undefined]);
    }
  },
  'nothing that frames the message is replayed': [
    onNode,
    async (stage) => {
      stage.use({}, (call) =>
        call.raw((res) => {
          res.writeHead(200, {
            connection: 'keep-alive, x-hop',
            'x-hop': '1',
            'keep-alive': 'timeout=9',
            'transfer-encoding': 'chunked',
            'content-type': 'text/plain',
          });
          res.end('ok');
        }),
      );
      const [first, retry] = await stage.payTwice();
      expectReplay(stage, first, retry);
      expect(first.headers['x-hop']).toBe('1');
      expect([
        retry.headers['x-hop'],
        retry.headers['transfer-encoding'],
        retry.headers['content-length'],
      ]).toEqual([undefined, undefined, '2']);
    },
  ],
  'a replay has its own date': async (stage) => {
    stage.use({}, (call) => call.json(200, {}, { date: 'Tue, 15 Nov 1994 12:45:26 GMT' }));
    const [, retry] = await stage.payTwice();
    expect(retry.headers.date).not.toContain('1994');
  },
  'more can be left out, and some be kept': async (stage) => {
    stage.use({ headers: { drop: ['X-Secret'], keep: ['X-Request-Id', 'set-cookie'] } }, (call) =>
      call.json(200, {}, { 'x-secret': 's', 'x-request-id': '1', 'set-cookie': ['a=1', 'b=2'] }),
    );
    const [first, retry] = await stage.payTwice();
    expect([
      first.headers['x-secret'],
      retry.headers['x-secret'],
      retry.headers['x-request-id'],
    ]).toEqual(['s', undefined, '1']);
    expect(retry.headers['set-cookie']).toEqual(['a=1', 'b=2']);
  },
  'the header that says replay may have another name': async (stage) => {
    stage.use({ replayedHeader: 'Idempotent-Replayed' });
    const [first, retry] = await stage.payTwice();
    expect([
      first.headers['idempotent-replayed'],
      retry.headers['idempotent-replayed'],
      isReplay(retry),
    ]).toEqual([undefined, 'true', false]);
  },
  'the first answer has no header of the middleware': async (stage) => {
    stage.use({});
    const first = await stage.pay();
    expect(Object.keys(first.headers).filter((name) => name.startsWith('idempotency'))).toEqual([]);
  },
});
