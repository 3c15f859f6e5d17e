import type { IdempotencyStore } from '@idem/core';
import { now } from '../../model/monotonic.ts';
import type { RuleContext } from '../../rule.ts';

/** Closes a client, and notes where that took suspiciously long. */
export async function close(
  { expect }: RuleContext,
  what: string,
  client: IdempotencyStore,
): Promise<void> {
  const begun = now();
  await client.close();
  expect.closed(what, now() - begun);
}
