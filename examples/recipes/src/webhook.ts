import { type Idempotency, isIdempotencyError } from '@idem/core';
import type { Stripe } from 'stripe';
import { type Bank, pay } from './pay.ts';

/** Answers Stripe's webhook: each event takes effect once, and only what Stripe has signed. */
export function stripeWebhook(
  stripe: Stripe,
  secret: string,
  idempotency: Idempotency,
  bank: Bank,
): (request: Request) => Promise<Response> {
  return async (request) => {
    // First of all: whoever can make up an event could otherwise take its id before Stripe sends it.
    const event = await verified(request).catch(() => undefined);
    if (event === undefined) return new Response('Not signed by Stripe.', { status: 400 });
    if (event.type !== 'invoice.finalized') return new Response(null, { status: 204 });
    try {
      await idempotency.run(event.id, pay(bank, event.data.object.amount_due), {
        scope: ['stripe', event.account ?? 'own'],
      });
      return new Response(null, { status: 204 });
    } catch (error) {
      // Anything but 2xx is sent again, for up to three days: keep keys longer than that.
      console.error(error);
      return new Response(null, {
        status: isIdempotencyError(error, 'IDEM_IN_PROGRESS') ? 409 : 500,
      });
    }
  };

  async function verified(request: Request): Promise<Stripe.Event> {
    // The bytes as they came; JSON that was parsed and written again has another signature.
    const signature = request.headers.get('stripe-signature') ?? '';
    return stripe.webhooks.constructEventAsync(await request.text(), signature, secret);
  }
}
