import type { Attempt } from './attempt.ts';
import type { RunFunction } from './call.ts';
import type { Outcome } from './outcome.ts';
import { recordThrow, recordValue } from './recording.ts';

/** Calls the function and records what came of it. */
export async function callAndRecord(
  attempt: Attempt,
  fn: RunFunction,
  ended: (outcome: Outcome) => void,
): Promise<void> {
  let value: unknown;
  try {
    value = await fn(attempt.context());
  } catch (error) {
    ended(
      attempt.stopRunning()
        ? await recordThrow(attempt, error)
        : attempt.overtaken({ ended: 'threw', error }),
    );
    return;
  }
  if (attempt.stopRunning()) recordValue(attempt, value, ended);
  else ended(attempt.overtaken({ ended: 'returned', value }));
}
