import { randomBytes } from 'node:crypto';
import { createGzip, gunzipSync } from 'node:zlib';
import express, { type NextFunction, type Request, type Response } from 'express';
import { expect, test } from 'vitest';
import { idempotent } from '../../src/express.ts';
import { idempotent as fetchHandler } from '../../src/index.ts';
import { Gate } from '../support/gate.ts';
import { executor, serving } from './support/serve.ts';

/** Too varied to be held by a compressor. */
const long = randomBytes(200_000).toString('hex');

/** As the package `compression` does it: what it replaces, it calls when the compressor has something. */
function compressing(_req: Request, res: Response, next: NextFunction): void {
  const { write, end } = res;
  const gzip = createGzip();
  res.setHeader('content-encoding', 'gzip');
  gzip.on('data', (chunk) => void Reflect.apply(write, res, [chunk]));
  gzip.on('end', () => void Reflect.apply(end, res, []));
  res.write = (chunk: unknown) => gzip.write(chunk);
  res.end = (...args: unknown[]) => {
    gzip.end(args[0]);
    return res;
  };
  next();
}

test('a middleware inside that compresses goes on compressing an answer too long to keep', async () => {
  const flowing = new Gate();
  const once = idempotent({
    ...{ idempotency: executor(), principal: 'anonymous', maxResponseBytes: 10 },
  });
  const app = express();
  app.use(express.json());
  app.post('/payments', once, compressing, async (_req, res) => {
    res.write(long);
    await flowing.opened;
    res.end('the end');
  });
  await serving(app, async ({ client }) => {
    const response = await client.begin({
      headers: { 'idempotency-key': 'order-1', 'content-type': 'application/json' },
      body: '{}',
    });
    flowing.open();
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    expect(response.headers['idempotency-recorded']).toBe('outcome-only');
    expect(gunzipSync(Buffer.concat(chunks)).toString()).toBe(`${long}the end`);
  });
});

test('a request that meets the middleware twice is executed, and protected once', async () => {
  let executions = 0;
  const once = idempotent({ idempotency: executor(), principal: 'anonymous' });
  const app = express();
  app.use(express.json(), once);
  app.post('/payments', once, (_req, res) => void res.json({ receipt: ++executions }));
  await serving(app, async ({ pay }) => {
    const [first, retry] = [await pay(), await pay()];
    expect([first.status, first.json()]).toEqual([200, { receipt: 1 }]);
    expect([retry.status, retry.json(), executions]).toEqual([200, { receipt: 1 }, 1]);
    expect(retry.headers['idempotency-replayed']).toBe('true');
  });
});

test('Fetch: a Request that meets the middleware twice is executed, and protected once', async () => {
  let executions = 0;
  const options = { idempotency: executor(), principal: 'anonymous' } as const;
  const inner = fetchHandler(options, () => new Response(String(++executions)));
  const handle = fetchHandler(options, (request) => inner(request));
  const ask = () =>
    handle(new Request('http://a/', { method: 'POST', headers: { 'idempotency-key': 'a' } }));
  const [first, retry] = [await ask(), await ask()];
  expect([first.status, await first.text()]).toEqual([200, '1']);
  expect([retry.status, await retry.text(), executions]).toEqual([200, '1', 1]);
});
