import { afterThrow, recordValue } from './completion.ts';
import type { Effect, Outcome, RunContext } from './execution.ts';

/** What a lost execution leaves: its outcome is settled before, and this one is not looked at. */
const OVERTAKEN: Outcome = { kind: 'failed', error: undefined };

/** Calls the function and records what it returned. */
export function callAndRecord(fn: (context: RunContext) => unknown): Effect {
  return async (execution) => {
    let value: unknown;
    try {
      value = await fn(execution.context());
    } catch (error) {
      return execution.stopRunning() ? afterThrow(execution, error) : OVERTAKEN;
    }
    return execution.stopRunning() ? recordValue(execution, value) : OVERTAKEN;
  };
}
