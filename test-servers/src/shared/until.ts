import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks again until it is so; a condition that throws is not so yet. Soon at first, and then whenever a
 * tenth more has passed: each question is work for a machine that has better to do, and more of it delays what
 * is waited for.
 */
export async function until(
  what: string,
  condition: () => Promise<boolean> | boolean,
  timeout = 30_000,
): Promise<void> {
  const start = performance.now();
  let last: unknown;
  for (let waited = 0; waited < timeout; waited = performance.now() - start) {
    try {
      if (await condition()) return;
    } catch (error) {
      last = error;
    }
    await sleep(Math.min(10 + waited / 10, 200));
  }
  throw new Error(`${what}: not so within ${timeout} ms`, { cause: last });
}
