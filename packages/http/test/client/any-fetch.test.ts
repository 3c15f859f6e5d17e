import { expect, test, vi } from 'vitest';
import { idempotentFetch } from '../../src/client/index.ts';
import { hurried, NEVER } from './support/hurried.ts';
import { ScriptedServer } from './support/scripted-server.ts';

const order = { method: 'POST', body: '{"amount":1250}' };
const patient = { deadline: NEVER, attemptTimeout: NEVER };

test('the global fetch is looked up at each call, and called as a function', async () => {
  const send = idempotentFetch(patient, hurried());
  const own = vi.fn(async function (this: unknown) {
    expect(this === undefined || this === globalThis).toBe(true);
    return new Response('of its own');
  });
  vi.stubGlobal('fetch', own);
  try {
    expect(await (await send('http://localhost/', order)).text()).toBe('of its own');
  } finally {
    vi.unstubAllGlobals();
  }
});

test('what init says beside is handed on, to whatever fetch it is', async () => {
  const inits: unknown[] = [];
  const fetch = async (_: unknown, init?: unknown): Promise<Response> => {
    inits.push(init);
    return new Response(null, { status: inits.length < 3 ? 503 : 204 });
  };
  const send = idempotentFetch({ ...patient, fetch }, hurried());
  const next = { revalidate: 60 };
  const init = { ...order, credentials: 'include', redirect: 'error', next } as const;
  await send('/relative', init);
  expect(inits).toHaveLength(3);
  for (const init of inits) {
    expect(init).toMatchObject({ credentials: 'include', redirect: 'error', next });
  }
});

for (const [what, fails] of [
  [
    'throws',
    () => {
      throw new Error('at once');
    },
  ],
  ['rejects with no error', () => Promise.reject('down')],
  [
    'rejects with an AbortError of its own',
    () => Promise.reject(new DOMException('', 'AbortError')),
  ],
] as const) {
  test(`a fetch that ${what} is asked again`, async () => {
    let calls = 0;
    const fetch = async (): Promise<Response> => (++calls < 3 ? fails() : new Response('made'));
    const send = idempotentFetch({ ...patient, fetch }, hurried());
    expect(await (await send('http://localhost/', order)).text()).toBe('made');
  });
}

for (const answer of [undefined, null, 'made', {}, { status: 201 }]) {
  test(`a fetch that answers ${JSON.stringify(answer)} is refused, once`, async () => {
    const fetch = vi.fn(async () => answer);
    const send = Reflect.apply(idempotentFetch, undefined, [{ ...patient, fetch }, hurried()]);
    await expect(send('http://localhost/', order)).rejects.toMatchObject({
      code: 'IDEM_INVALID_OPTIONS',
    });
    expect(fetch).toHaveBeenCalledTimes(1);
  });
}

test('an answer that somebody has read already is handed on', async () => {
  const read = new Response('made');
  await read.text();
  const send = idempotentFetch({ ...patient, fetch: async () => read }, hurried());
  expect(await send('http://localhost/', order)).toBe(read);
});

for (const [what, args] of [
  ['a URL that is none', ['not a url', order]],
  ['a URL with a password', ['http://user:secret@localhost/', order]],
  ['a GET with a body', ['http://localhost/', { body: 'x' }]],
  ['a method that is none', ['http://localhost/', { method: 'PO ST' }]],
  ['a method that fetch forbids', ['http://localhost/', { method: 'CONNECT' }]],
  ['a header that is none', ['http://localhost/', { headers: { 'a b': 'c' } }]],
  ['a header with a line break', ['http://localhost/', { headers: { a: 'b\r\nc: d' } }]],
] as const) {
  test(`${what} is refused as by fetch itself, at once`, async () => {
    const runtime = hurried();
    const asking = Reflect.apply(idempotentFetch(patient, runtime), undefined, args);
    await expect(asking).rejects.toBeInstanceOf(TypeError);
    expect(runtime.pauses).toEqual([]);
  });
}

for (const init of ['POST', 42, () => {}]) {
  test(`init that is ${typeof init} is refused`, async () => {
    const asking = Reflect.apply(idempotentFetch(), undefined, ['http://localhost/', init]);
    await expect(asking).rejects.toMatchObject({ code: 'IDEM_INVALID_OPTIONS' });
  });
}

test('init may be a class, or a Request, as with fetch', async () => {
  await using server = await ScriptedServer.start({ status: 201 });
  class Init {
    method = 'POST';
    get headers(): Record<string, string> {
      return { 'x-tenant': 'acme' };
    }
  }
  const send = idempotentFetch(patient, hurried());
  await send(server.url, Object.create(new Init()));
  await send(server.url, new Request('http://elsewhere/', { method: 'PATCH' }));
  expect(server.received.map(({ method }) => method)).toEqual(['POST', 'PATCH']);
});

for (const [what, options] of [
  ['the head of the answer on request', { answer: 'stream' }],
  ['an event stream', {}],
] as const) {
  test(`${what} is handed over while the rest is still to come, and the signal ends it`, async () => {
    const leaving = new AbortController();
    let ended: unknown;
    const fetch: typeof globalThis.fetch = async (_, init) => {
      const body = new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('data: 1\n\n'));
          init?.signal?.addEventListener('abort', () => {
            ended = init.signal?.reason;
            controller.error(ended);
          });
        },
      });
      return new Response(body, {
        headers: { 'content-type': 'text/event-stream; charset=utf-8' },
      });
    };
    const send = idempotentFetch({ ...patient, ...options, fetch });
    const response = await send('http://localhost/', { ...order, signal: leaving.signal });
    const reader = response.body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('data: 1\n\n');
    leaving.abort('left');
    expect(ended).toBe('left');
    await expect(reader?.read()).rejects.toBe('left');
  });
}

test('an answer of more than a megabyte is handed over before its end', async () => {
  let sent = 0;
  const fetch = async (): Promise<Response> =>
    new Response(
      new ReadableStream({
        pull(controller) {
          if (sent > 2_000_000) return new Promise(() => {});
          sent += 100_000;
          controller.enqueue(new Uint8Array(100_000));
          return undefined;
        },
      }),
    );
  const response = await idempotentFetch({ ...patient, fetch })('http://localhost/', order);
  const reader = response.body?.getReader();
  let read = 0;
  while (read < 2_000_000) read += (await reader?.read())?.value?.byteLength ?? 0;
  expect(read).toBeGreaterThanOrEqual(2_000_000);
});

test('url, redirected and headers of the answer are as fetch gave them', async () => {
  await using server = await ScriptedServer.start(
    { status: 307, headers: { location: '/elsewhere' } },
    { status: 201, headers: { location: '/payments/1', 'set-cookie': 'a=b' } },
  );
  const response = await idempotentFetch(patient)(server.url, order);
  expect(response).toMatchObject({ redirected: true, status: 201 });
  expect(response.url).toMatch(/\/elsewhere$/);
  expect(response.headers.get('location')).toBe('/payments/1');
  expect(new Set(server.keys).size).toBe(1);
});
