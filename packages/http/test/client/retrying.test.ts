import { expect, test } from 'vitest';
import {
  type IdempotentFetchOptions,
  idempotentFetch,
  type Retry,
} from '../../src/client/index.ts';
import { type Hurried, hurried, NEVER } from './support/hurried.ts';
import { ScriptedServer, type Step } from './support/scripted-server.ts';

const created = { status: 201, body: 'receipt R-1' };
const order = { method: 'POST', body: '{"amount":1250}' };
const patient = { deadline: NEVER, attemptTimeout: NEVER };

function client(options: IdempotentFetchOptions = {}, runtime: Hurried = hurried()) {
  return idempotentFetch({ ...patient, ...options }, runtime);
}

const repeated: readonly (readonly [string, Step])[] = [
  ['a connection that closes without an answer', 'drop'],
  ['an answer that breaks off', 'tear'],
  ['408', { status: 408 }],
  ['409', { status: 409 }],
  ['425', { status: 425 }],
  ['429', { status: 429 }],
  ['500', { status: 500 }],
  ['502', { status: 502 }],
  ['503', { status: 503 }],
  ['504', { status: 504 }],
  ['599', { status: 599 }],
];
for (const [what, step] of repeated) {
  test(`${what} is asked again under the same key, with the same body`, async () => {
    await using server = await ScriptedServer.start(step, step, created);
    const { response, key, attempts, replayed } = await client().run(server.url, order);
    expect([response.status, await response.text()]).toEqual([201, 'receipt R-1']);
    expect({ attempts, replayed }).toEqual({ attempts: 3, replayed: false });
    expect(server.keys).toEqual([`"${key}"`, `"${key}"`, `"${key}"`]);
    expect(server.received.map(({ body }) => body.toString())).toEqual(Array(3).fill(order.body));
  });
}

for (const status of [200, 201, 204, 303, 304, 400, 401, 403, 404, 410, 413, 415, 422, 451]) {
  test(`${status} is an answer, and not asked again`, async () => {
    await using server = await ScriptedServer.start({ status });
    const response = await client({}, hurried())(server.url, { ...order, redirect: 'manual' });
    expect(response.status).toBe(status);
    expect(server.received).toHaveLength(1);
  });
}

const problem = { 'content-type': 'application/problem+json; charset=utf-8' };
for (const status of [409, 429, 500, 503]) {
  test(`${status} of which the server says that it is final is not asked again`, async () => {
    const body = JSON.stringify({ status, title: 'The outcome was not kept.', retryable: false });
    await using server = await ScriptedServer.start({ status, headers: problem, body });
    const response = await client()(server.url, order);
    expect(await response.json()).toMatchObject({ status, retryable: false });
    expect(server.received).toHaveLength(1);
  });
}

for (const [what, headers, body] of [
  ['says that it may be repeated', problem, '{"retryable":true}'],
  ['does not say', problem, '{"title":"In progress."}'],
  ['says something else than a boolean', problem, '{"retryable":"false"}'],
  ['is no object', problem, 'false'],
  ['is null', problem, 'null'],
  ['is not JSON', problem, '{"retryable":false'],
  ['is empty', problem, ''],
  ['is another document', { 'content-type': 'application/json' }, '{"retryable":false}'],
] as const) {
  test(`a 409 whose problem ${what} is asked again`, async () => {
    await using server = await ScriptedServer.start({ status: 409, headers, body }, created);
    expect((await client()(server.url, order)).status).toBe(201);
  });
}

for (const status of [201, 409, 500]) {
  test(`a replayed ${status} is final, and said to be a replay`, async () => {
    const headers = { 'idempotency-replayed': 'true' };
    await using server = await ScriptedServer.start({ status, headers }, { status: 200 });
    const { response, replayed, attempts } = await client().run(server.url, order);
    expect({ status: response.status, replayed, attempts }).toEqual({
      ...{ status, replayed: true, attempts: 1 },
    });
  });
}

for (const [value, replayed] of [
  ['true', true],
  ['True', true],
  ['?1', true],
  ['false', false],
  ['?0', false],
  ['', false],
  ['1', false],
] as const) {
  test(`a header that says ${JSON.stringify(value)} means ${replayed ? 'a' : 'no'} replay`, async () => {
    const headers = { 'x-again': value };
    await using server = await ScriptedServer.start({ ...created, headers });
    const result = await client({ replayedHeader: 'X-Again' }).run(server.url, order);
    expect(result.replayed).toBe(replayed);
  });
}

test('each repetition is told beforehand, with its reason', async () => {
  await using server = await ScriptedServer.start({ status: 503 }, 'drop', created);
  const retries: Retry[] = [];
  const { key } = await client({ onRetry: (retry) => retries.push(retry) }).run(server.url, order);
  expect(retries).toEqual([
    { key, attempt: 1, delay: 100, reason: 'answer', status: 503 },
    { key, attempt: 2, delay: 200, reason: 'error', error: expect.any(TypeError) },
  ]);
});

test('what onRetry throws ends the call', async () => {
  await using server = await ScriptedServer.start({ status: 503 });
  const enough = new Error('enough');
  const onRetry = (): void => {
    throw enough;
  };
  await expect(client({ onRetry })(server.url, order)).rejects.toBe(enough);
  expect(server.received).toHaveLength(1);
});

test('an answer that is asked again is let go of: its connection serves the next attempt', async () => {
  const large = { status: 503, body: 'x'.repeat(3_000_000) };
  await using server = await ScriptedServer.start(large, large, large, large, created);
  expect((await client()(server.url, order)).status).toBe(201);
});

test('a GET is repeated without a key', async () => {
  await using server = await ScriptedServer.start('drop', { status: 503 }, { status: 200 });
  const { response, key, attempts } = await client().run(server.url);
  expect({ status: response.status, key, attempts }).toEqual({
    ...{ status: 200, key: undefined, attempts: 3 },
  });
  expect(server.keys).toEqual([undefined, undefined, undefined]);
});
