import { Stripe } from 'stripe';
import { expect, test } from 'vitest';
import { Program } from './support/programs.ts';
import { needsRedis, setTheScene } from './support/setting.ts';

needsRedis();

const secret = 'whsec_of_the_test';
const { webhooks } = new Stripe('sk_test_none');

function invoice(id: string, amount_due: number, type = 'invoice.finalized'): string {
  return JSON.stringify({ id, object: 'event', type, data: { object: { amount_due } } });
}

/** Delivers an event as Stripe does, signed; answers the status, or undefined when the connection broke. */
async function deliver(
  url: unknown,
  payload: string,
  signature = webhooks.generateTestHeaderString({ payload, secret }),
): Promise<number | undefined> {
  const headers = { 'stripe-signature': signature };
  const delivered = fetch(String(url), { method: 'POST', headers, body: payload });
  return delivered.then(({ status }) => status).catch(() => undefined);
}

test('a receiver is killed with one event half done and one recorded: each takes effect once', async () => {
  await using scene = await setTheScene();
  const { bank, settings } = scene;
  const charged = bank.holdBack('evt_1');
  await using dying = new Program('webhook.ts', {
    ...{ ...settings, extra: secret, diesRecording: 'evt_2' },
  });
  const url = await dying.says();
  const first = deliver(url, invoice('evt_1', 1250));
  await charged;
  expect(await deliver(url, invoice('evt_1', 1250)), 'delivered again meanwhile').toBe(409);
  const second = deliver(url, invoice('evt_2', 4900));
  expect(await dying.ended).toBe('SIGKILL');
  expect([await first, await second]).toEqual([undefined, undefined]);

  await using surviving = new Program('webhook.ts', { ...settings, extra: secret });
  const again = await surviving.says();
  await expect.poll(() => deliver(again, invoice('evt_1', 1250)), { timeout: 150_000 }).toBe(204);
  expect(await deliver(again, invoice('evt_2', 4900))).toBe(204);
  expect(bank.references).toEqual(['evt_1', 'evt_2']);
  // Told of the takeover, the second receiver asked about the one; the other it had on record.
  expect(new Set(bank.asked)).toEqual(new Set(['evt_1']));

  const forged = invoice('evt_3', 1);
  const old = Math.floor(Date.now() / 1000) - 3600;
  const stale = webhooks.generateTestHeaderString({ payload: forged, secret, timestamp: old });
  expect(await deliver(again, forged, 't=1,v1=00'), 'not signed').toBe(400);
  expect(await deliver(again, forged, stale), 'signed an hour ago').toBe(400);
  expect(await deliver(again, invoice('evt_4', 1, 'invoice.voided')), 'of another type').toBe(204);
  expect(bank.references).toEqual(['evt_1', 'evt_2']);
  // Nothing that was refused has taken the id of the true event.
  expect(await deliver(again, invoice('evt_3', 700))).toBe(204);
  expect(bank.references).toEqual(['evt_1', 'evt_2', 'evt_3']);
});
