import { createAdaptorServer } from '@hono/node-server';
import { responder } from '@idem/http';
import { Hono } from 'hono';
import { accountOf, charge, idempotency, listen, type Running } from './service.ts';

const respond = responder({
  idempotency,
  principal: (request) => accountOf(Object.fromEntries(request.headers)),
  required: true,
});

export function start(port: number): Promise<Running> {
  const app = new Hono();
  app.use('/payments', async (c, next) => {
    c.res = await respond(c.req.raw, async () => {
      await next();
      return c.res;
    });
  });
  app.post('/payments', async (c) => {
    const { amount } = await c.req.json();
    const payment = await charge(amount);
    return c.json(payment, 201, { location: `/payments/${payment.receipt}` });
  });
  // On Bun, Deno and Workers it is app.fetch itself that is served.
  const server = createAdaptorServer({ fetch: app.fetch });
  return listen(server as Parameters<typeof listen>[0], port);
}
