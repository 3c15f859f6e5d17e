import type { ServerResponse } from 'node:http';
import express4 from 'express-4';
import { expect, test } from 'vitest';
import { idempotent as middleware } from '../../src/express.ts';
import { idempotent } from '../../src/node.ts';
import { executor, serving } from './support/serve.ts';

test('Express 4: a status that is a text of digits is recorded as what is sent', async () => {
  let executions = 0;
  const app = express4();
  app.use(express4.json());
  app.use(middleware({ idempotency: executor(), principal: 'anonymous' }));
  app.post('/payments', (_req, res) => {
    executions += 1;
    res.status('201' as never).json({ receipt: executions });
  });
  await serving(app, async ({ pay }) => {
    const [first, retry] = [await pay(), await pay()];
    expect([first.status, retry.status, executions]).toEqual([201, 201, 1]);
    expect(retry.json()).toEqual({ receipt: 1 });
  });
});

/** Each of these is thrown by a response that is not held. */
test.each<[string, (res: ServerResponse) => void]>([
  ['a header that no message can carry', (res) => res.writeHead(200, { 'x-name': 'a\r\nb: c' })],
  ['a name that no header can have', (res) => res.writeHead(200, { 'x name': 'a' })],
  ['a header without a value', (res) => res.writeHead(200, { 'x-name': undefined })],
  ['a status that is none', (res) => res.writeHead(42)],
  [
    'a status that is no number',
    (res) => {
      res.statusCode = 'created' as never;
      res.end();
    },
  ],
  ['a reason with a line feed', (res) => res.writeHead(200, 'all\r\ngood')],
  ['an object for a body', (res) => res.end({ receipt: 1 } as never)],
  ['an object for a part of a body', (res) => res.write({ receipt: 1 })],
  ['null for a part of a body', (res) => res.write(null)],
])('%s is the error of the handler, and not recorded', async (_, answer) => {
  let isWrong = true;
  const errors: unknown[] = [];
  const onError = (error: unknown): void => void errors.push(error);
  const listener = idempotent(
    { idempotency: executor(), principal: 'anonymous', onError },
    (_req, res) => {
      if (isWrong) answer(res);
      res.end('fine');
    },
  );
  await serving(listener, async ({ pay }) => {
    expect((await pay()).status).toBe(500);
    expect(errors[0]).toMatchObject({ code: expect.stringMatching(/^ERR_/) });
    isWrong = false;
    const retry = await pay();
    expect([retry.status, retry.body.toString()]).toEqual([200, 'fine']);
    expect(retry.headers['idempotency-replayed']).toBeUndefined();
  });
});
