import type { Completed } from './store.ts';

/**
 * A method of a store whose results are in this process: what a claim of the key would answer now, where
 * that is a result; undefined for anything else, and where it cannot tell. It takes no turn and no token,
 * and changes nothing. The bytes are the caller's, in memory that others may have parts of.
 */
export const RESULT_AT_ONCE: unique symbol = Symbol.for('idem.result-at-once');

export interface AnswersAtOnce {
  [RESULT_AT_ONCE]?(key: string): Completed | undefined;
}
