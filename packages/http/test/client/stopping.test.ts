import { isIdempotencyError } from '@idem/core';
import { expect, test } from 'vitest';
import { type ClientRuntime, idempotentFetch } from '../../src/client/index.ts';
import { hurried, NEVER } from './support/hurried.ts';
import { ScriptedServer } from './support/scripted-server.ts';

const order = { method: 'POST', body: '{"amount":1250}' };
const HOUR = 3_600_000;
const patient = { deadline: NEVER, attemptTimeout: NEVER };
const secret = '?token=secret#fragment';

test('a server that never answers is left at the deadline; the error names the key to ask again with', async () => {
  await using server = await ScriptedServer.start('hang');
  const send = idempotentFetch({ deadline: 30 });
  const error: unknown = await send(server.url + secret, order, { key: 'order-1' }).catch(
    (error: unknown) => error,
  );
  expect(isIdempotencyError(error, 'IDEM_NO_ANSWER')).toBe(true);
  expect(error).toMatchObject({ key: 'order-1', attempts: 1, retryable: true });
  expect(error).toMatchObject({ cause: expect.objectContaining({ name: 'TimeoutError' }) });
  expect(String(error)).toMatch(
    /^IdempotencyError: POST http:\/\/127\.0\.0\.1:\d+\/payments was sent once and got no answer \(It took longer than \d+ ms\.\)\. Whether the server acted is not known\. Ask again with the idempotency key "order-1"\.$/,
  );
});

for (const [step, arrived] of [
  ['hang', 'the request'],
  ['stall', 'the head of the answer'],
] as const) {
  test(`an attempt of which ${arrived} is all that arrives is given up in time, and made again`, async () => {
    await using server = await ScriptedServer.start(step, { status: 201, body: 'made' });
    let heads = 0;
    const counted: typeof fetch = async (...request) => {
      const response = await fetch(...request);
      heads += 1;
      return response;
    };
    const isStuck = (): boolean => (step === 'hang' ? server.received.length : heads) === 1;
    // The time of the first attempt is over when it is stuck, and that of the second never.
    let attempts = 0;
    const runtime = hurried();
    const setTimeout: ClientRuntime['setTimeout'] = (fire, delay) => {
      if (delay !== HOUR || ++attempts > 1) return runtime.setTimeout(fire, delay);
      void expect.poll(isStuck, { timeout: 50_000 }).toBe(true).then(fire);
      return () => {};
    };
    const send = idempotentFetch({ deadline: NEVER, fetch: counted }, { ...runtime, setTimeout });
    const result = await send.run(server.url, order, { attemptTimeout: HOUR });
    expect([await result.response.text(), result.attempts]).toEqual(['made', 2]);
  });
}

test('maxAttempts ends it with the last answer, which can still be read', async () => {
  await using server = await ScriptedServer.start(
    { status: 503, body: 'first' },
    { status: 409, body: 'second' },
    { status: 201 },
  );
  const send = idempotentFetch({ ...patient, maxAttempts: 2 }, hurried());
  const { response, attempts } = await send.run(server.url, order);
  expect([response.status, await response.text(), attempts]).toEqual([409, 'second', 2]);
  const once = await send.run(server.url, order, { maxAttempts: 1 });
  expect([once.response.status, once.attempts]).toEqual([201, 1]);
});

test('maxAttempts without an answer rejects, with what went wrong last', async () => {
  await using server = await ScriptedServer.start('drop');
  const send = idempotentFetch({ ...patient, maxAttempts: 3 }, hurried());
  await expect(send(server.url, order)).rejects.toMatchObject({
    ...{ code: 'IDEM_NO_ANSWER', attempts: 3, cause: expect.any(TypeError) },
    key: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
});

test('nobody listens at the address: asked until the deadline, by the clock of the runtime', async () => {
  const server = await ScriptedServer.start('hang');
  const { url } = server;
  await server[Symbol.asyncDispose]();
  const runtime = hurried();
  const pause = 600_000;
  const limits = { deadline: HOUR, attemptTimeout: HOUR, minDelay: pause, maxDelay: pause };
  const asking = idempotentFetch(limits, runtime)(url, order);
  await expect(asking).rejects.toMatchObject({ code: 'IDEM_NO_ANSWER', attempts: 12 });
  expect(runtime.now()).toBe(11 * (pause / 2));
});

test('aborted before: rejects with the reason, and nothing is sent', async () => {
  await using server = await ScriptedServer.start({ status: 201 });
  const reason = new Error('the user left');
  const signal = AbortSignal.abort(reason);
  await expect(idempotentFetch()(server.url, { ...order, signal })).rejects.toBe(reason);
  await expect(idempotentFetch()(new Request(server.url, { ...order, signal }))).rejects.toBe(
    reason,
  );
  expect(server.received).toHaveLength(0);
});

test('aborted while the server is at it: rejects with the reason at once', async () => {
  await using server = await ScriptedServer.start('hang');
  const leaving = new AbortController();
  const asking = idempotentFetch(patient)(server.url, { ...order, signal: leaving.signal });
  await expect.poll(() => server.received.length).toBe(1);
  leaving.abort('left');
  await expect(asking).rejects.toBe('left');
});

test('aborted in a pause: rejects with the reason, and sends nothing more', async () => {
  await using server = await ScriptedServer.start({ status: 503 });
  const leaving = new AbortController();
  const onRetry = (): void => leaving.abort('left');
  const limits = { deadline: NEVER, minDelay: NEVER / 2, maxDelay: NEVER / 2, onRetry };
  const asking = idempotentFetch(limits)(server.url, { ...order, signal: leaving.signal });
  await expect(asking).rejects.toBe('left');
  expect(server.received).toHaveLength(1);
});

test('a signal that was given serves many calls, and keeps nothing of those that ended', async () => {
  await using server = await ScriptedServer.start({ status: 201 });
  const { signal } = new AbortController();
  let listeners = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners += 1;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners -= 1;
    remove(...args);
  };
  const answered = async (): Promise<Response> => new Response('made', { status: 201 });
  const send = idempotentFetch({ fetch: answered });
  for (let call = 0; call < 5; call++) await send(server.url, { ...order, signal });
  expect(listeners).toBe(0);
});

test('a fetch that minds no signal is left at the deadline too; its late answer is let go of', async () => {
  let answer = (_: Response): void => {};
  const deaf = (): Promise<Response> =>
    new Promise((resolve) => {
      answer = resolve;
    });
  const send = idempotentFetch({ fetch: deaf, deadline: 20 });
  await expect(send('http://localhost/', order)).rejects.toMatchObject({ code: 'IDEM_NO_ANSWER' });
  let cancelled = false;
  const cancel = (): void => {
    cancelled = true;
  };
  answer(new Response(new ReadableStream({ cancel })));
  await expect.poll(() => cancelled).toBe(true);
});

test('a deadline of ten years does not fire at once', async () => {
  await using server = await ScriptedServer.start({ status: 201 });
  const years = 315_576_000_000;
  const send = idempotentFetch({ deadline: years, attemptTimeout: years });
  expect((await send(server.url, order)).status).toBe(201);
});
