import { expect, test } from 'vitest';
import { idempotentFetch } from '../../src/client/index.ts';
import { hurried, NEVER } from '../client/support/hurried.ts';
import { ScriptedServer } from '../client/support/scripted-server.ts';
import { uncaughtDuring } from './support/serve.ts';

const patient = { deadline: NEVER, attemptTimeout: NEVER };
const order = { method: 'POST', body: '{"amount":1250}' };

test('a URL that is changed while a call goes on sends its key nowhere else', async () => {
  await using server = await ScriptedServer.start({ status: 503 }, { status: 201 });
  const url = new URL(`${server.url}?to=ann`);
  const onRetry = (): void => url.searchParams.set('to', 'bob');
  await idempotentFetch({ ...patient, onRetry }, hurried())(url, order);
  expect(server.received.map((request) => request.url)).toEqual([
    '/payments?to=ann',
    '/payments?to=ann',
  ]);
});

test('an onRetry that rejects ends the call, as one that throws, and no process', async () => {
  await using server = await ScriptedServer.start({ status: 503 }, { status: 201 });
  const onRetry = async (): Promise<void> => {
    throw new Error('enough');
  };
  const uncaught = await uncaughtDuring(async () => {
    const call = idempotentFetch({ ...patient, onRetry }, hurried())(server.url, order);
    await expect(call).rejects.toThrow('enough');
  });
  expect([uncaught, server.received.length]).toEqual([[], 1]);
});
