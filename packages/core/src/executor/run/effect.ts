import { afterThrow, recordValue } from './completion.ts';
import { type Effect, OVERTAKEN, type RunContext } from './execution.ts';

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
