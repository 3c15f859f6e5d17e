import { LAPSED_CLAIM_MEMORY } from '@idem/core/adapter';

/**
 * How long a vacant or expired row outlives its end, in milliseconds. Its fence must be remembered
 * for longer than any claim can have been under way with a clock that was read before: far longer
 * than any request lasts.
 */
export const VACANT_ROW_MEMORY = 600_000;

/**
 * True for a row that is of no more use. Of one that this library did not write it is never true, nor
 * of a claim that lapsed today: its successor is told.
 */
export const IS_OF_NO_USE: string = `(
  state IN ('vacant', 'completed') AND ends_at < now() - interval '${VACANT_ROW_MEMORY} milliseconds'
  OR state = 'claimed' AND ends_at < now() - interval '${LAPSED_CLAIM_MEMORY} milliseconds')`;
