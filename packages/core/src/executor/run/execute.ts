import type { Work } from './call.ts';
import type { RunContext } from './context.ts';
import { recordThrow, recordValue } from './recording.ts';

/** Calls the function and records what came of it. */
export function callAndRecord(fn: (context: RunContext) => unknown): Work {
  return async (attempt) => {
    let value: unknown;
    try {
      value = await fn(attempt.context());
    } catch (error) {
      if (!attempt.stopRunning()) return attempt.overtaken({ ended: 'threw', error });
      return recordThrow(attempt, error);
    }
    if (!attempt.stopRunning()) return attempt.overtaken({ ended: 'returned', value });
    return recordValue(attempt, value);
  };
}
