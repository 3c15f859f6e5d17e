import { expect } from 'vitest';
import { group, onNode } from '../cases.ts';
import {
  BODY,
  expectProblem,
  expectReplay,
  isReplay,
  JSON_TYPE,
  KEY,
  type Options,
  type Stage,
} from '../stage.ts';

async function expectReused(
  stage: Stage,
  one: string,
  other: string,
  options: Options = {},
  type = JSON_TYPE,
) {
  stage.use(options);
  expect((await stage.pay({ body: one, headers: type })).status).toBe(201);
  expectProblem(await stage.pay({ body: other, headers: type }), 422, 'key-reused');
  expect(stage.executions).toBe(1);
}

async function expectSame(
  stage: Stage,
  one: string,
  other: string,
  options: Options = {},
  type = JSON_TYPE,
) {
  stage.use(options);
  const first = await stage.pay({ body: one, headers: type });
  expectReplay(stage, first, await stage.pay({ body: other, headers: type }));
}

const TEXT = { 'content-type': 'text/plain' };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

export const fingerprint = group('what makes two requests the same', {
  'another amount under the same key is refused': (stage) =>
    expectReused(stage, BODY, '{"amount":1}'),
  'the order of fields makes no difference': (stage) =>
    expectSame(stage, '{"amount":4200,"currency":"EUR"}', '{"currency":"EUR","amount":4200}'),
  'the order of fields deep inside makes no difference': (stage) =>
    expectSame(stage, '{"a":{"b":1,"c":[{"d":1,"e":2}]}}', '{"a":{"c":[{"e":2,"d":1}],"b":1}}'),
  'white space in JSON makes no difference': (stage) =>
    expectSame(stage, '{"a":1}', '{ "a" : 1 }\n'),
  'the order of a list makes a difference': (stage) =>
    expectReused(stage, '{"a":[1,2]}', '{"a":[2,1]}'),
  'null and absent differ': (stage) => expectReused(stage, '{"a":1,"b":null}', '{"a":1}'),
  'a number and its text differ': (stage) => expectReused(stage, '{"a":1}', '{"a":"1"}'),
  'text is compared byte for byte': (stage) => expectReused(stage, 'a b', 'a  b', {}, TEXT),
  'the same text is the same': (stage) => expectSame(stage, 'a b', 'a b', {}, TEXT),
  'a form is compared': (stage) => expectReused(stage, 'a=1&b=2', 'a=1&b=3', {}, FORM),
  'no body and a body differ': async (stage) => {
    stage.use({});
    await stage.client.send({ headers: { 'idempotency-key': KEY } });
    expectProblem(await stage.pay(), 422, 'key-reused');
  },
  'two requests without a body are the same': async (stage) => {
    stage.use({});
    const bare = { headers: { 'idempotency-key': KEY } };
    expectReplay(stage, await stage.client.send(bare), await stage.client.send(bare));
  },
  'an empty JSON object is a body': async (stage) => {
    stage.use({});
    await stage.client.send({ headers: { 'idempotency-key': KEY } });
    expectProblem(await stage.pay({ body: '{}' }), 422, 'key-reused');
  },
  'the query is part of it': async (stage) => {
    stage.use({});
    await stage.pay({ path: '/payments?currency=EUR' });
    expectProblem(await stage.pay({ path: '/payments?currency=USD' }), 422, 'key-reused');
  },
  'fields can be left out': (stage) =>
    expectSame(stage, '{"amount":1,"sentAt":1}', '{"amount":1,"sentAt":2}', {
      fingerprint: { except: ['/sentAt'] },
    }),
  'what is left in still counts': (stage) =>
    expectReused(stage, '{"amount":1,"sentAt":1}', '{"amount":2,"sentAt":1}', {
      fingerprint: { except: ['/sentAt'] },
    }),
  'only some fields can be compared': (stage) =>
    expectSame(stage, '{"amount":1,"note":"a"}', '{"amount":1,"note":"b"}', {
      fingerprint: { only: ['/amount'] },
    }),
  'a request that has none of the compared fields is refused': async (stage) => {
    stage.use({ fingerprint: { only: ['/amount'] } });
    expectProblem(await stage.pay({ body: '{"sum":1}' }), 400, 'fingerprint-invalid');
    expect(stage.executions).toBe(0);
  },
  'the application can say what is compared': async (stage) => {
    stage.use({ fingerprint: async (request) => request.header('digest') ?? 'none' });
    await stage.pay({ headers: { digest: 'a' } });
    expect(isReplay(await stage.pay({ headers: { digest: 'a' }, body: '{"amount":0}' }))).toBe(
      true,
    );
    expectProblem(await stage.pay({ headers: { digest: 'b' } }), 422, 'key-reused');
  },
  'another payload is refused also while the first one runs': async (stage) => {
    let end = (): void => {};
    const gate = new Promise<void>((resolve) => {
      end = resolve;
    });
    let reached = (): void => {};
    const executing = new Promise<void>((resolve) => {
      reached = resolve;
    });
    stage.use({}, async (call) => {
      reached();
      await gate;
      return call.json(201, {});
    });
    const first = stage.pay();
    await executing;
    expectProblem(await stage.pay({ body: '{"amount":1}' }), 422, 'key-reused');
    end();
    expect((await first).status).toBe(201);
    expect(stage.executions).toBe(1);
  },
  'a binary body is compared byte for byte': async (stage) => {
    stage.use({});
    const headers = { 'content-type': 'application/octet-stream' };
    // Neither is text: decoded, they would look the same.
    await stage.pay({ body: Buffer.from([0xff, 0xfe]), headers });
    expectProblem(await stage.pay({ body: Buffer.from([0xff, 0xfd]), headers }), 422, 'key-reused');
  },
  'a body above the cap is refused': async (stage) => {
    stage.use({ maxRequestBytes: 64 });
    expectProblem(
      await stage.pay({ body: JSON.stringify({ note: 'n'.repeat(64) }) }),
      413,
      'request-too-large',
    );
    expect(stage.executions).toBe(0);
  },
  'a body in chunks above the cap is refused': async (stage) => {
    stage.use({ maxRequestBytes: 64 });
    // A server may close a connection on which a body is left unread: the next case has another.
    const headers = { 'transfer-encoding': 'chunked', connection: 'close' };
    // More than what is read ahead of those who look at it.
    const body = JSON.stringify({ note: 'n'.repeat(500_000) });
    expectProblem(await stage.pay({ body, headers }), 413, 'request-too-large');
    expect(stage.executions).toBe(0);
  },
  'a body above the cap passes unprotected where that is wanted': async (stage) => {
    stage.use({ maxRequestBytes: 64, whenRequestTooLarge: 'pass' });
    const body = JSON.stringify({ note: 'n'.repeat(64) });
    await stage.payTwice({ body });
    expect(stage.executions).toBe(2);
    expect(stage.calls[0]?.request.body).toEqual({ note: 'n'.repeat(64) });
  },
  'the handler finds the whole body': async (stage) => {
    stage.use({});
    const note = 'n'.repeat(200_000);
    await stage.pay({ body: JSON.stringify({ note }) });
    expect(stage.calls[0]?.request.body).toEqual({ note });
  },
  'the handler finds a body that came in chunks': async (stage) => {
    stage.use({});
    await stage.pay({ headers: { 'transfer-encoding': 'chunked' } });
    expect(stage.calls[0]?.request.body).toEqual({ amount: 4200, currency: 'EUR' });
  },
  'a client that breaks its body off executes nothing': [
    onNode,
    async (stage) => {
      stage.use({});
      const breaking = new AbortController();
      const sending = stage.client
        .begin({
          headers: { 'idempotency-key': KEY, 'content-length': '1000', ...JSON_TYPE },
          body: '{',
          signal: breaking.signal,
        })
        .catch(() => {});
      setTimeout(() => breaking.abort(), 10);
      await sending;
      await stage.pay();
      expect(stage.executions).toBe(1);
    },
  ],
});
