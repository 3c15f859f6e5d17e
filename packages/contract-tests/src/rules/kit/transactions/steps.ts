import type { Support } from '@idem/core';
import type { OpenTransaction } from '../../../harness-transactions.ts';
import { RuleSkipped } from '../../../skip.ts';
import { bytes, LONG } from '../material.ts';
import { acquire, type Holder } from '../steps.ts';
import type { Transacting } from './transacting.ts';

export const RESULT: Uint8Array = bytes('result');

/** Completes the holder's claim in the transaction; ends the rule when that is not true. */
export async function completeIn(
  { expect }: Transacting,
  { bound }: OpenTransaction,
  { key, token }: Holder,
  value: Uint8Array = RESULT,
): Promise<void> {
  const done = await bound.complete(key, token, value, LONG);
  if (!done) expect.broken('complete by the holder in the transaction: expected true, saw false');
}

/** A claim, and a transaction in which it is completed. */
export async function completing(
  context: Transacting,
  fingerprint?: string,
): Promise<{ readonly holder: Holder; readonly tx: OpenTransaction }> {
  const options = fingerprint === undefined ? {} : { fingerprint };
  const holder = await acquire(context, context.key(), options);
  const tx = await context.begin();
  await completeIn(context, tx, holder);
  return { holder, tx };
}

/** Skips the rule where the store does not promise it. */
export function promised(support: Support): void {
  if (!support.promised) throw new RuleSkipped(support.reason);
}

/** Skips the rule: what inTransaction gives need not have this operation. */
export function lacks(operation: 'find' | 'exists' | 'store' | 'remove' | 'hold'): never {
  throw new RuleSkipped(`what inTransaction gives has no ${operation}`);
}
