import type { Completed } from './store.ts';

/**
 * A method of a store whose results are in this process: what a claim of the key would answer now, where
 * that is a result; undefined for anything else, and where it cannot tell. It takes no turn and no token,
 * and changes nothing. The bytes are the caller's, in memory that others may have parts of.
 *
 * It is given the `claim` of the store as the caller sees it: one that is not the store's own stands in for
 * it, and is asked instead.
 */
export interface AnswersAtOnce {
  'idem:resultAtOnce'?(key: string, claim: unknown): Completed | undefined;
}
