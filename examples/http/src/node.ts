import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { idempotent } from '@idem/http/node';
import { accountOf, charge, idempotency, listen, type Running } from './service.ts';

export function start(port: number): Promise<Running> {
  const listener = idempotent(
    { idempotency, principal: (request) => accountOf(request.headers), required: true },
    async (request, response) => {
      const { amount } = Object(await json(request));
      const payment = await charge(amount);
      const location = `/payments/${payment.receipt}`;
      response.writeHead(201, { 'content-type': 'application/json', location });
      response.end(JSON.stringify(payment));
    },
  );
  return listen(createServer(listener), port);
}
