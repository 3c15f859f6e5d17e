import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Stripe } from 'stripe';
import { stripeWebhook } from '../../src/webhook.ts';
import { enter } from '../support/enter.ts';

const { settings, idempotency, bank } = await enter();
const webhook = stripeWebhook(new Stripe('sk_test_none'), settings.extra ?? '', idempotency, bank);
const server = createServer(async (request, response) => {
  const headers = new Headers({ 'stripe-signature': String(request.headers['stripe-signature']) });
  const body = new Uint8Array(await buffer(request));
  const answer = await webhook(new Request('http://localhost/', { method: 'POST', headers, body }));
  response.writeHead(answer.status).end(await answer.text());
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}/stripe`);
