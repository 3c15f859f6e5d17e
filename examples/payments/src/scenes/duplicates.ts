import { type Answer, type PaymentRequest, send } from '../client.ts';
import type { PaymentServer } from '../server.ts';
import type { Stage } from '../stage.ts';

/** A double click, a proxy and a queue send one payment six times at once, to two servers. */
export async function duplicatesSideBySide(
  stage: Stage,
  a: PaymentServer,
  b: PaymentServer,
): Promise<void> {
  stage.timeline.title('2. Six duplicates side by side, willing to wait (Prefer: wait=30)');
  const request = { key: 'order-2', order: { item: 'a saddle', amount: 4900 }, wait: 30 };
  const sent: PaymentRequest[] = [a, b, a, b, a, b].map((server) => ({ ...request, server }));
  const answers = await Promise.all(sent.map(async (each) => ({ each, answer: await send(each) })));
  // Which of them wins is up to the store; the one that does is printed first.
  answers.sort((one, other) => Number(isReplay(one.answer)) - Number(isReplay(other.answer)));
  for (const { each, answer } of answers) stage.timeline.request(each, answer);
}

/** The key of a payment that was made comes back with another amount. */
export async function keyReused(stage: Stage, a: PaymentServer): Promise<void> {
  stage.timeline.title('3. The same key, another body');
  await stage.send({ key: 'order-2', order: { item: 'a saddle', amount: 990 }, server: a });
}

function isReplay(answer: Answer): boolean {
  return answer.kind === 'answered' && answer.execution === 'replayed';
}
