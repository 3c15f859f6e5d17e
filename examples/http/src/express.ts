import { createServer } from 'node:http';
import { idempotent } from '@idem/http/express';
import express, { type Request } from 'express';
import { accountOf, charge, idempotency, listen, type Running } from './service.ts';

const once = idempotent({
  idempotency,
  principal: (request: Request) => accountOf(request.headers),
  required: true,
});

export function start(port: number): Promise<Running> {
  const app = express();
  app.use(express.json()); // before: the body is part of what a retry is compared with
  app.post('/payments', once, async (request, response) => {
    const payment = await charge(request.body.amount);
    response.status(201).location(`/payments/${payment.receipt}`).json(payment);
  });
  return listen(createServer(app), port);
}
