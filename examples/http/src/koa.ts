import { createServer } from 'node:http';
import { idempotent } from '@idem/http/koa';
import { bodyParser } from '@koa/bodyparser';
import Koa from 'koa';
import { accountOf, charge, idempotency, listen, type Running } from './service.ts';

const once = idempotent({
  idempotency,
  principal: (ctx) => accountOf(ctx.req.headers),
  required: true,
});

export function start(port: number): Promise<Running> {
  const app = new Koa();
  app.use(bodyParser()); // before: the body is part of what a retry is compared with
  app.use(once);
  app.use(async (ctx) => {
    const { amount } = Object(ctx.request.body);
    const payment = await charge(amount);
    ctx.status = 201;
    ctx.set('location', `/payments/${payment.receipt}`);
    ctx.body = payment;
  });
  return listen(createServer(app.callback()), port);
}
