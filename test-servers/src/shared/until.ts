import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again every few milliseconds until it is so; a condition that throws is not so yet. */
export async function until(
  what: string,
  condition: () => Promise<boolean> | boolean,
  timeout = 30_000,
): Promise<void> {
  const end = performance.now() + timeout;
  let last: unknown;
  while (performance.now() < end) {
    try {
      if (await condition()) return;
    } catch (error) {
      last = error;
    }
    await sleep(10);
  }
  throw new Error(`${what}: not so within ${timeout} ms`, { cause: last });
}
