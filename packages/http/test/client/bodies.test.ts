import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { type FetchInit, idempotentFetch } from '../../src/client/index.ts';
import { hurried, NEVER } from './support/hurried.ts';
import { ScriptedServer } from './support/scripted-server.ts';

const send = idempotentFetch({ deadline: NEVER, attemptTimeout: NEVER }, hurried());
const bytes = Uint8Array.of(0, 255, 13, 10, 128);

function form(): FormData {
  const form = new FormData();
  form.set('amount', '1250');
  form.set('slip', new Blob([bytes], { type: 'image/png' }), 'slip.png');
  return form;
}

for (const [what, body, type] of [
  ['text', 'zwölf €', 'text/plain;charset=UTF-8'],
  ['empty text', '', 'text/plain;charset=UTF-8'],
  ['bytes', bytes, undefined],
  ['a Buffer', Buffer.from(bytes), undefined],
  ['an ArrayBuffer', bytes.slice().buffer, undefined],
  ['a view of a part', new DataView(bytes.buffer, 1, 3), undefined],
  ['a Blob', new Blob([bytes], { type: 'application/cbor' }), 'application/cbor'],
  [
    'URLSearchParams',
    new URLSearchParams({ a: '1 & 2' }),
    'application/x-www-form-urlencoded;charset=UTF-8',
  ],
] as const) {
  test(`${what} arrives as it is, at each attempt`, async () => {
    await using server = await ScriptedServer.start({ status: 503 }, 'drop', { status: 201 });
    const { attempts } = await send.run(server.url, { method: 'POST', body });
    const expected = Buffer.from(await new Response(body).arrayBuffer());
    expect(attempts).toBe(3);
    for (const { body, headers } of server.received) {
      expect(body).toEqual(expected);
      expect(headers['content-type']).toBe(type);
    }
  });
}

test('FormData is the same payload at each attempt, boundary included', async () => {
  await using server = await ScriptedServer.start({ status: 503 }, { status: 201 });
  await send(server.url, { method: 'POST', body: form() });
  const [first, second] = server.received;
  expect(first?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
  expect(second?.headers['content-type']).toBe(first?.headers['content-type']);
  expect(second?.body).toEqual(first?.body);
  const headers = { 'content-type': first?.headers['content-type'] ?? '' };
  const read = await new Response(new Uint8Array(first?.body ?? []), { headers }).formData();
  expect(read.get('amount')).toBe('1250');
});

test('a media type of the caller stays', async () => {
  await using server = await ScriptedServer.start({ status: 201 });
  const headers = { 'content-type': 'application/json' };
  await send(server.url, { method: 'POST', body: new URLSearchParams({ a: '1' }), headers });
  expect(server.received[0]?.headers['content-type']).toBe('application/json');
});

test('what the caller changes after the call changes no attempt', async () => {
  await using server = await ScriptedServer.start({ status: 503 }, { status: 201 });
  const body = Uint8Array.of(1, 2, 3);
  const headers = new Headers({ 'x-tenant': 'acme' });
  const init: FetchInit = { method: 'POST', body, headers };
  const asking = send(server.url, init);
  body.fill(9);
  headers.set('x-tenant', 'other');
  init.method = 'DELETE';
  await asking;
  for (const received of server.received) {
    expect(received).toMatchObject({ method: 'POST', headers: { 'x-tenant': 'acme' } });
    expect([...received.body]).toEqual([1, 2, 3]);
  }
});

for (const [what, body] of [
  ['a stream', () => new Response('x').body],
  ['a stream of Node', () => Readable.from(['x'])],
  ['a generator', () => (function* () {})()],
  ['an object', () => ({ amount: 1250 })],
  ['an array', () => [1, 2]],
  ['a number', () => 1250],
  ['a function', () => () => 'x'],
  ['a symbol', () => Symbol('x')],
  [
    'an object whose tag throws',
    () =>
      new Proxy(
        {},
        {
          get: () => {
            throw new Error('no');
          },
        },
      ),
  ],
] as const) {
  test(`${what} is refused, and nothing is sent`, async () => {
    await using server = await ScriptedServer.start({ status: 201 });
    const init = { method: 'POST', body: body(), duplex: 'half' };
    await expect(Reflect.apply(send, undefined, [server.url, init])).rejects.toMatchObject({
      code: 'IDEM_BODY_NOT_REPEATABLE',
      attempts: 0,
      message: expect.stringContaining('JSON.stringify'),
    });
    expect(server.received).toHaveLength(0);
  });
}

test('a Request is read once, and sent as often as needed', async () => {
  await using server = await ScriptedServer.start('drop', { status: 503 }, { status: 201 });
  const headers = { 'content-type': 'application/json', 'x-tenant': 'acme' };
  const request = new Request(server.url, { method: 'POST', body: '{"amount":1250}', headers });
  expect((await send(request)).status).toBe(201);
  expect(request.bodyUsed).toBe(true);
  expect(server.received).toHaveLength(3);
  for (const received of server.received) {
    expect(received).toMatchObject({ method: 'POST', headers });
    expect(received.body.toString()).toBe('{"amount":1250}');
  }
});

test('a Request whose body was read before is refused', async () => {
  const request = new Request('http://localhost/', { method: 'POST', body: 'x' });
  await request.text();
  await expect(send(request)).rejects.toMatchObject({ code: 'IDEM_BODY_NOT_REPEATABLE' });
});

test('a Request whose stream never ends is left at the deadline, unsent', async () => {
  const body = new ReadableStream({ pull: () => new Promise(() => {}) });
  const init = { method: 'POST', body, duplex: 'half' } as const;
  const request = new Request('http://localhost/', init);
  await expect(idempotentFetch({ deadline: 20 })(request)).rejects.toMatchObject({
    ...{ code: 'IDEM_NO_ANSWER', attempts: 0 },
    message: expect.stringContaining('was not sent: its body was not there in time'),
  });
});

test('init counts before the Request, as with fetch', async () => {
  await using server = await ScriptedServer.start({ status: 201 });
  const request = new Request(server.url, { method: 'PUT', body: 'x', headers: { a: 'x' } });
  await send(request, { method: 'POST', body: 'y', headers: { b: 'y' } });
  expect(server.received[0]).toMatchObject({ method: 'POST', headers: { b: 'y' } });
  expect(server.received[0]?.headers['a']).toBeUndefined();
  expect(server.received[0]?.body.toString()).toBe('y');
});
