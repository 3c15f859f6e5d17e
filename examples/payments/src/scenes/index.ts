import type { Stage } from '../stage.ts';
import { crash } from './crash.ts';
import { duplicatesSideBySide, keyReused } from './duplicates.ts';
import { retryAfterTimeout } from './retry.ts';

/**
 * Plays all that can go wrong between a client and a payment service, one after the other.
 *
 * @param lease milliseconds that the servers which crash keep their keys
 */
export async function playScenes(stage: Stage, lease: number): Promise<void> {
  const a = await stage.server(30_000);
  const b = await stage.server(30_000);
  stage.timeline.servers(a, b);

  await retryAfterTimeout(stage, a, b);
  await duplicatesSideBySide(stage, a, b);
  await keyReused(stage, a);
  await crash(stage, {
    title: '4. A server crashes after it charged the card, before it could say so',
    step: 'after the charge',
    key: 'order-3',
    item: 'a dynamo',
    amount: 3500,
    lease,
  });
  await crash(stage, {
    title: '5. A server crashes before it charged the card',
    step: 'before the charge',
    key: 'order-4',
    item: 'a helmet',
    amount: 7900,
    lease,
  });
}
