import type { PaymentServer } from '../server.ts';
import type { Stage } from '../stage.ts';

/** The bank is slow, the client loses patience and retries. */
export async function retryAfterTimeout(
  stage: Stage,
  a: PaymentServer,
  b: PaymentServer,
): Promise<void> {
  stage.timeline.title('1. A client retries after a timeout');
  const request = { key: 'order-1', order: { item: 'a bicycle bell', amount: 1250 } };
  const bank = stage.bank.slowDown();
  await stage.send({ ...request, server: a, patience: bank.reached });
  await stage.send({ ...request, server: b });
  stage.timeline.note('the bank answers server A, whose client has left; the result is recorded');
  bank.answer();
  await stage.send({ ...request, server: b, wait: 30 });
  await stage.send({ ...request, server: a });
}
