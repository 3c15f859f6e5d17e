import type { IdempotencyStore } from '@idem/core';
import { isAbsent } from '../../harness.ts';
import type { RuleContext } from '../../rule.ts';
import { RuleSkipped } from '../../skip.ts';
import { settled } from './settled.ts';

/** A rule about a crash, skipped with the store's own reason where it promises nothing of that. */
export function durable(
  check: (context: RuleContext) => Promise<void>,
): (context: RuleContext) => Promise<void> {
  return async (context) => {
    const { durability } = context.store.supports;
    if (!durability.promised) throw new RuleSkipped(durability.reason);
    await check(context);
  };
}

/** Crashes the backend, and waits until it answers each of these clients again. */
export async function crash(
  { harness, store, expect, key }: RuleContext,
  clients: readonly IdempotencyStore[] = [store],
): Promise<void> {
  if (isAbsent(harness.crash)) throw new RuleSkipped(harness.crash.absent);
  const how: unknown = await harness.crash();
  if (how !== 'killed' && how !== 'copied') {
    expect.broken(
      `the harness's crash: expected 'killed' or 'copied', saw ${String(how)}. A backend that was asked to stop proves nothing: end it without a word`,
    );
  }
  // Several at once, so that every connection of a pool has met the crash before the rule goes on.
  const probe = key('probe');
  await Promise.all(
    clients.flatMap((client) =>
      Array.from({ length: 20 }, () => settled(() => client.exists(probe))),
    ),
  );
}
