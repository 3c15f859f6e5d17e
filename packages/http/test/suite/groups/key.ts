import { expect } from 'vitest';
import { nextRequestOn } from '../../support/server-side.ts';
import { group } from '../cases.ts';
import { expectProblem, expectReplay, isReplay, receipt, type Stage } from '../stage.ts';

const LONG = 'k'.repeat(255);

function refusedAs(name: string, key: string | readonly string[], options = {}) {
  return async (stage: Stage): Promise<void> => {
    stage.use(options);
    const received = await stage.pay({ headers: { 'idempotency-key': key } });
    expectProblem(received, 400, name);
    expect(stage.executions).toBe(0);
  };
}

function sameKey(one: string, other: string) {
  return async (stage: Stage): Promise<void> => {
    stage.use({});
    const first = await stage.pay({ headers: { 'idempotency-key': one } });
    expectReplay(stage, first, await stage.pay({ headers: { 'idempotency-key': other } }));
  };
}

function otherKey(one: string, other: string) {
  return async (stage: Stage): Promise<void> => {
    stage.use({});
    await stage.pay({ headers: { 'idempotency-key': one } });
    const second = await stage.pay({ headers: { 'idempotency-key': other } });
    expect(second.status).toBe(201);
    expect(isReplay(second)).toBe(false);
    expect(stage.executions).toBe(2);
  };
}

/** The header: draft-ietf-httpapi-idempotency-key-header-07, section 2.1, and RFC 9651. */
export const keyHeader = group('the key in the header', {
  'a string in quotes is a key': async (stage) => {
    stage.use({});
    expectReplay(stage, ...(await stage.payTwice()));
    expect(stage.calls[0]?.context?.key).toBe('8e03978e-40d5-43dd-bc93-6894a57f9324');
  },
  'the bare form is the same key': sameKey('"order-1042"', 'order-1042'),
  'the quoted form is the same key as the bare one': sameKey('order-1042', '"order-1042"'),
  'white space around it is none of it': sameKey('"order-1042"', ' \t order-1042 '),
  'parameters of the item are none of it': sameKey('"order-1042"', '"order-1042";v=1'),
  'an escaped quote and an escaped backslash are one character each': async (stage) => {
    stage.use({});
    await stage.pay({ headers: { 'idempotency-key': '"a\\"b\\\\c"' } });
    expect(stage.calls[0]?.context?.key).toBe('a"b\\c');
  },
  'case is significant': otherKey('"order-a"', '"order-A"'),
  'a space in quotes is significant': otherKey('"order a"', '"order  a"'),
  'a number without quotes is a key': sameKey('1042', '"1042"'),
  'a comma in quotes is part of the key': otherKey('"a,b"', '"a"'),
  'base64 and URLs are keys in the bare form': sameKey('ab+/=:@?&.~_-', '"ab+/=:@?&.~_-"'),
  'an empty one is refused': refusedAs('key-invalid', ''),
  'an empty string is refused': refusedAs('key-invalid', '""'),
  'one of 255 characters is a key': sameKey(`"${LONG}"`, LONG),
  'one of 256 characters is refused': refusedAs('key-invalid', `"${LONG}k"`),
  'one longer than maxKeyLength is refused': refusedAs('key-invalid', '"12345"', {
    maxKeyLength: 4,
  }),
  'a comma without quotes is refused': refusedAs('key-invalid', 'a,b'),
  'two in one header are refused': refusedAs('key-invalid', '"a", "b"'),
  'the header sent twice is refused': refusedAs('key-invalid', ['"a"', '"b"']),
  'the header sent twice with the same key is refused': refusedAs('key-invalid', ['"a"', '"a"']),
  'a semicolon without quotes is refused: it could be a parameter': refusedAs('key-invalid', 'a;b'),
  'a space without quotes is refused': refusedAs('key-invalid', 'a b'),
  'a control character is refused': refusedAs('key-invalid', '"a\tb"'),
  'a control character without quotes is refused': refusedAs('key-invalid', 'a\tb'),
  'what is not ASCII is refused': refusedAs('key-invalid', '"caf\u00e9"'),
  'what is not ASCII is refused without quotes too': refusedAs('key-invalid', 'caf\u00e9'),
  'a string without its closing quote is refused': refusedAs('key-invalid', '"a'),
  'text after the closing quote is refused': refusedAs('key-invalid', '"a" b'),
  'an unknown escape is refused': refusedAs('key-invalid', '"a\\n"'),
  'a list of one is refused': refusedAs('key-invalid', '("a")'.replace(/^\(/, '"a",(')),
  'strict: the quoted form is a key': async (stage) => {
    stage.use({ strict: true });
    expectReplay(stage, ...(await stage.payTwice()));
  },
  'strict: the bare form is refused': refusedAs('key-invalid', 'order-1042', { strict: true }),
  'strict: a number is refused': refusedAs('key-invalid', '1042', { strict: true }),
  'the header may have another name': async (stage) => {
    stage.use({ header: 'X-Request-Token' });
    const headers = { 'x-request-token': 'token-1' };
    const first = await stage.client.send({ headers });
    expectReplay(stage, first, await stage.client.send({ headers }));
  },
});

/** Keys that come from elsewhere, and requests that need none. */
export const policy = group('which requests are protected', {
  'a missing key passes unprotected': async (stage) => {
    stage.use({});
    const headers = { 'content-type': 'application/json' };
    await stage.client.send({ headers, body: '{}' });
    const second = await stage.client.send({ headers, body: '{}' });
    expect([second.status, isReplay(second), stage.executions]).toEqual([201, false, 2]);
    expect(stage.calls[0]?.context).toBeUndefined();
  },
  'a missing key is refused where one is required': async (stage) => {
    stage.use({ required: true });
    const received = await stage.client.send({});
    expectProblem(received, 400, 'key-missing');
    expect(stage.executions).toBe(0);
  },
  'which routes require one can be said by a function': async (stage) => {
    stage.use({ required: async (request) => request.url.startsWith('/payments') });
    expect((await stage.client.send({ path: '/notes' })).status).toBe(201);
    expectProblem(await stage.client.send({ path: '/payments' }), 400, 'key-missing');
  },
  'PATCH is protected': async (stage) => {
    stage.use({});
    expectReplay(stage, ...(await stage.payTwice({ method: 'PATCH' })));
  },
  'PUT passes unless it is named': async (stage) => {
    stage.use({});
    await stage.payTwice({ method: 'PUT' });
    expect(stage.executions).toBe(2);
  },
  'the methods can be chosen': async (stage) => {
    stage.use({ methods: ['put'] });
    expectReplay(stage, ...(await stage.payTwice({ method: 'PUT' })));
    await stage.payTwice({ method: 'POST' });
    expect(stage.executions).toBe(3);
  },
  'GET passes, and is not recorded': async (stage) => {
    stage.use({ required: true });
    const get = { method: 'GET', headers: { 'idempotency-key': '"a"' } };
    expect((await stage.client.send(get)).status).toBe(201);
    expect(isReplay(await stage.client.send(get))).toBe(false);
  },
  'skip lets a request pass': async (stage) => {
    stage.use({ skip: (request) => request.header('x-dry-run') === 'yes' });
    await stage.payTwice({ headers: { 'x-dry-run': 'yes' } });
    expect(stage.executions).toBe(2);
    await stage.payTwice();
    expect(stage.executions).toBe(3);
  },
  'skip may be async': async (stage) => {
    stage.use({ skip: async () => true });
    await stage.payTwice();
    expect(stage.executions).toBe(2);
  },
  'the key may come from another header': async (stage) => {
    stage.use({ key: (request) => request.header('x-webhook-id') });
    const headers = { 'x-webhook-id': 'evt_1, ü' };
    const first = await stage.client.send({ headers: { 'x-webhook-id': 'evt_1' } });
    expectReplay(stage, first, await stage.client.send({ headers: { 'x-webhook-id': 'evt_1' } }));
    expect(
      isReplay(await stage.client.send({ headers: { ...headers, 'x-webhook-id': 'evt_2' } })),
    ).toBe(false);
  },
  'the key may come from later': async (stage) => {
    stage.use({ key: async (request) => `${request.method}-1`, required: true });
    expectReplay(stage, ...(await stage.payTwice({ headers: { 'idempotency-key': 'ignored' } })));
  },
  'the key may come from the body': [
    ({ hasParsers }) => hasParsers,
    async (stage) => {
      stage.use({
        key: ({ body }) =>
          typeof body === 'object' && body !== null && 'id' in body ? String(body.id) : undefined,
      });
      const body = '{"id":"p-1"}';
      const first = await stage.client.send({
        headers: { 'content-type': 'application/json' },
        body,
      });
      const retry = await stage.client.send({
        headers: { 'content-type': 'application/json' },
        body,
      });
      expectReplay(stage, first, retry);
    },
  ],
  'a resolver that finds none is a missing key': async (stage) => {
    stage.use({ key: () => undefined, required: true });
    expectProblem(await stage.pay(), 400, 'key-missing');
  },
  'a key from elsewhere that is empty is refused': async (stage) => {
    stage.use({ key: () => '' });
    expectProblem(await stage.pay(), 400, 'key-invalid');
  },
  'a key from elsewhere that is too long is refused': async (stage) => {
    stage.use({ key: () => 'k'.repeat(256) });
    expectProblem(await stage.pay(), 400, 'key-invalid');
  },
  'a key from elsewhere with a control character is refused': async (stage) => {
    stage.use({ key: () => 'a\nb' });
    expectProblem(await stage.pay(), 400, 'key-invalid');
  },
  'the key is read once: what the handler does to its request changes nothing': async (stage) => {
    let asked = 0;
    const arriving = nextRequestOn(stage.server.port);
    stage.use({ key: () => `k-${asked++ === 0 ? 'first' : 'later'}` }, async (call) => {
      const { body } = call.request;
      if (typeof body === 'object' && body !== null) Object.assign(body, { amount: 0 });
      const { request } = await arriving;
      Object.assign(request, { url: '/elsewhere', method: 'PATCH' });
      Object.assign(request.headers, { 'idempotency-key': '"another"', prefer: 'wait=60' });
      return receipt(call);
    });
    await stage.pay();
    expect(asked).toBe(1);
    const scope = stage.calls[0]?.context?.scope ?? [];
    expect((await stage.idempotency.status('k-first', { scope })).state).toBe('completed');
    asked = 0;
    expect(isReplay(await stage.pay())).toBe(true);
  },
});
