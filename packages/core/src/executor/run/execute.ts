import type { Attempt } from './attempt.ts';
import type { RunFunction } from './call.ts';
import type { Outcome } from './outcome.ts';
import { recordThrow, recordValue } from './recording.ts';

/** Calls the function and records what came of it. */
export async function callAndRecord(attempt: Attempt, fn: RunFunction): Promise<Outcome> {
  let value: unknown;
  try {
    value = await fn(attempt.context());
  } catch (error) {
    if (!attempt.stopRunning()) return attempt.overtaken({ ended: 'threw', error });
    return recordThrow(attempt, error);
  }
  if (!attempt.stopRunning()) return attempt.overtaken({ ended: 'returned', value });
  return await recordValue(attempt, value);
}
