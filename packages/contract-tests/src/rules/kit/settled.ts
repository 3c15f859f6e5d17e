import { setTimeout as sleep } from 'node:timers/promises';
import { isIdempotencyError } from '@idem/core';

const PATIENCE = 30_000;
const PAUSE = 20;

/**
 * Repeats what is rejected as retryable, as a caller would, and answers what it comes to in the
 * end. Rejects with what is not retryable, and with the last reason when patience is at its end.
 */
export async function settled<T>(act: () => Promise<T>): Promise<T> {
  const end = performance.now() + PATIENCE;
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (!isIdempotencyError(error) || !error.retryable || performance.now() > end) throw error;
    }
    await sleep(PAUSE);
  }
}
