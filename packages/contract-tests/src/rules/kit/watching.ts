import { setTimeout as sleep } from 'node:timers/promises';
import {
  type IdempotencyErrorCode,
  type IdempotencyStore,
  isIdempotencyError,
  type Unwatch,
} from '@idem/core';
import { isAbsent } from '../../harness.ts';
import type { RuleContext } from '../../rule.ts';
import { RuleSkipped } from '../../skip.ts';
import { bytes, LONG } from './material.ts';
import type { Holder } from './steps.ts';

/** Time for a wake-up that must not come, in milliseconds: a store that is right loses nothing by it. */
export const GRACE = 30;

/** What ends a claim, so that who waits for its key should ask again. */
export const ENDS: readonly (readonly [
  string,
  (store: IdempotencyStore, held: Holder) => unknown,
])[] = [
  ['complete', (store, { key, token }) => store.complete(key, token, bytes('result'), LONG)],
  ['store', (store, { key }) => store.store(key, bytes('stored'), LONG)],
  ['release', (store, { key, token }) => store.release(key, token)],
  ['remove', (store, { key }) => store.remove(key)],
];

/** How long a wake-up may take, in milliseconds: that one comes is the rule, not how soon. */
function patienceOf({ harness: { clock } }: RuleContext): number {
  return !isAbsent(clock) && clock.driven ? 1_000 : 10_000;
}

/** The rule's own client and another one, where wake-ups are promised. */
export async function watchersOf(context: RuleContext): Promise<readonly IdempotencyStore[]> {
  const { wakeUp } = context.store.supports;
  if (!wakeUp.promised) throw new RuleSkipped(wakeUp.reason);
  return [context.store, await context.open()];
}

/** Watches until it is woken for the first time. */
export function wakeUp(
  context: RuleContext,
  client: IdempotencyStore,
  key: string,
): Promise<boolean> {
  let unwatch: Unwatch = () => {};
  const woken = new Promise<void>((resolve) => {
    unwatch = client.watch(key, resolve);
  });
  return within(context, woken).finally(() => unwatch());
}

/** Whether it is woken while patience lasts. */
export async function within(context: RuleContext, woken: Promise<void>): Promise<boolean> {
  const timer = new AbortController();
  const late = sleep(patienceOf(context), false, { signal: timer.signal }).catch(() => false);
  return Promise.race([woken.then(() => true), late]).finally(() => timer.abort());
}

/** Ends the rule when it was not woken: each further one would be waited for as long. */
export async function expectWoken(
  context: RuleContext,
  what: string,
  woken: Promise<boolean>,
): Promise<void> {
  if (await woken) return;
  context.expect.broken(
    `${what}: expected to be woken, saw no wake-up in ${patienceOf(context)} ms`,
  );
}

export function expectThrows(
  expect: RuleContext['expect'],
  what: string,
  code: IdempotencyErrorCode,
  call: () => unknown,
): void {
  try {
    call();
  } catch (error) {
    const right = isIdempotencyError(error, code) && !error.retryable;
    expect.that(what, right, `a throw of ${code}, not retryable`, error);
    return;
  }
  expect.fault(`${what}: expected a throw of ${code}, saw none`);
}
