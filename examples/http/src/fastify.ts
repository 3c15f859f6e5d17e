import { idempotent } from '@idem/http/fastify';
import { fastify } from 'fastify';
import { accountOf, charge, idempotency, type Running } from './service.ts';

const once = idempotent({
  idempotency,
  principal: (request) => accountOf(request.headers),
  required: true,
});

export async function start(port: number): Promise<Running> {
  const app = fastify();
  app.post<{ Body: { amount: number } }>(
    '/payments',
    { preHandler: once },
    async (request, reply) => {
      const payment = await charge(request.body.amount);
      reply.code(201).header('location', `/payments/${payment.receipt}`);
      return payment;
    },
  );
  const url = await app.listen({ port, host: '127.0.0.1' });
  return { url, close: () => app.close() };
}
