import { expect, test } from 'vitest';
import { createIdempotencyKey, idempotentFetch } from '../../src/client/index.ts';
import { hurried, NEVER } from './support/hurried.ts';
import { ScriptedServer } from './support/scripted-server.ts';

const patient = { deadline: NEVER, attemptTimeout: NEVER };
const send = idempotentFetch(patient, hurried());
const order = { method: 'POST', body: '{"amount":1250}' };

test('each call is an intention of its own, with a random UUID', async () => {
  await using server = await ScriptedServer.start({ status: 201 });
  const keys = [await send.run(server.url, order), await send.run(server.url, order)].map(
    ({ key }) => key,
  );
  for (const key of keys) {
    expect(key).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
  expect(server.keys).toEqual(keys.map((key) => `"${key}"`));
  expect(new Set(keys).size).toBe(2);
});

test('a thousand keys are a thousand', () => {
  expect(new Set(Array.from({ length: 1000 }, createIdempotencyKey)).size).toBe(1000);
});

for (const [key, header] of [
  ['order-1', '"order-1"'],
  ['a "quoted" \\ key', '"a \\"quoted\\" \\\\ key"'],
  [' ', '" "'],
  ['a,b', '"a,b"'],
  ['k'.repeat(255), `"${'k'.repeat(255)}"`],
] as const) {
  test(`the key ${JSON.stringify(key.slice(0, 20))} is sent as a Structured Field String`, async () => {
    await using server = await ScriptedServer.start({ status: 201 });
    expect((await send.run(server.url, order, { key })).key).toBe(key);
    expect(server.keys).toEqual([header]);
  });
}

test('unquoted, on request, and under another name', async () => {
  await using server = await ScriptedServer.start({ status: 201 });
  const own = idempotentFetch({ ...patient, quoted: false, keyHeader: 'PayPal-Request-Id' });
  await own(server.url, order, { key: 'order-1' });
  expect(server.received[0]?.headers['paypal-request-id']).toBe('order-1');
  expect(server.keys).toEqual([undefined]);
});

for (const [what, key, quoted] of [
  ['empty', '', true],
  ['too long', 'k'.repeat(256), true],
  ['a line break', 'a\r\nx: y', true],
  ['a tab', 'a\tb', true],
  ['DEL', 'a\u007f', true],
  ['not ASCII', 'bestellung-ä', true],
  ['a lone surrogate', '\ud800', true],
  ['undefined', undefined, true],
  ['null', null, true],
  ['a number', 42, true],
  ['an object', { toString: () => 'a' }, true],
  ['a space, bare', 'a b', false],
  ['a comma, bare', 'a,b', false],
  ['a quote, bare', 'a"b', false],
] as const) {
  test(`a key that is ${what} is refused, and nothing is sent`, async () => {
    await using server = await ScriptedServer.start({ status: 201 });
    const own = idempotentFetch({ ...patient, quoted });
    const asking = Reflect.apply(own, undefined, [server.url, order, { key }]);
    await expect(asking).rejects.toMatchObject({ code: 'IDEM_INVALID_KEY', retryable: false });
    expect(server.received).toHaveLength(0);
  });
}

for (const [header, key] of [
  ['order-1', 'order-1'],
  ['"order-1"', 'order-1'],
  ['"a \\"b\\" \\\\"', 'a "b" \\'],
  ['"half', '"half'],
] as const) {
  test(`a header of the caller, ${header}, stays as it is at each attempt`, async () => {
    await using server = await ScriptedServer.start('drop', { status: 201 });
    const headers = { 'IDEMPOTENCY-KEY': header };
    const result = await send.run(server.url, { ...order, headers });
    expect(server.keys).toEqual([header, header]);
    expect(result.key).toBe(key);
  });
}

test('a header in a Request counts as well', async () => {
  await using server = await ScriptedServer.start({ status: 201 });
  const request = new Request(server.url, {
    ...order,
    headers: { 'idempotency-key': '"order-1"' },
  });
  expect((await send.run(request)).key).toBe('order-1');
  expect(server.keys).toEqual(['"order-1"']);
});

test('a header and a key are one too many, and an empty header is none', async () => {
  const headers = { 'idempotency-key': 'order-1' };
  await expect(
    send('http://localhost/', { ...order, headers }, { key: 'order-1' }),
  ).rejects.toMatchObject({ code: 'IDEM_INVALID_OPTIONS' });
  await expect(
    send('http://localhost/', { ...order, headers: { 'idempotency-key': '' } }),
  ).rejects.toMatchObject({ code: 'IDEM_INVALID_KEY' });
});

for (const [method, hasKey] of [
  ['POST', true],
  ['post', true],
  ['PATCH', true],
  ['LINK', true],
  ['GET', false],
  ['HEAD', false],
  ['OPTIONS', false],
  ['PUT', false],
  ['DELETE', false],
  ['delete', false],
] as const) {
  test(`${method} ${hasKey ? 'has' : 'needs no'} key`, async () => {
    const seen: Headers[] = [];
    const fetch = async (_: unknown, init?: { headers?: unknown }): Promise<Response> => {
      if (init?.headers instanceof Headers) seen.push(init.headers);
      return new Response();
    };
    await idempotentFetch({ fetch })('http://localhost/', { method });
    expect(seen.map((headers) => headers.has('idempotency-key'))).toEqual([hasKey]);
  });
}

test('a key that is given goes with any method', async () => {
  await using server = await ScriptedServer.start({ status: 200 });
  await send(server.url, { method: 'DELETE' }, { key: 'order-1' });
  expect(server.keys).toEqual(['"order-1"']);
});
