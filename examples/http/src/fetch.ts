import { createAdaptorServer } from '@hono/node-server';
import { idempotent } from '@idem/http';
import { accountOf, charge, idempotency, listen, type Running } from './service.ts';

/** A route handler of Next.js (`app/payments/route.ts`), or what Bun, Deno and Workers serve. */
export const POST: (request: Request) => Promise<Response> = idempotent(
  {
    idempotency,
    principal: (request) => accountOf(Object.fromEntries(request.headers)),
    required: true,
  },
  async (request) => {
    const { amount } = Object(await request.json());
    const payment = await charge(amount);
    const headers = { location: `/payments/${payment.receipt}` };
    return Response.json(payment, { status: 201, headers });
  },
);

export function start(port: number): Promise<Running> {
  const server = createAdaptorServer({ fetch: POST });
  return listen(server as Parameters<typeof listen>[0], port);
}
