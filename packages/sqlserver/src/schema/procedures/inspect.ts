import { declareNow, sound } from '../fragments.ts';
import type { Procedure } from './procedure.ts';

/**
 * `inspect`: no row, or what it is, without its value. A fence is the clock of its claim in
 * microseconds, or a little more where that clock stood still or stepped back; then the claim is told
 * to have been held for no time, never for less.
 */
export const inspect: Procedure = {
  name: 'Inspect',
  parameters: ['@KeyHash BINARY(32)'],
  body: ({ quotedTable }) => `${declareNow}
  SELECT
    CASE
      WHEN NOT (${sound}) THEN 'corrupt'
      WHEN State = 'vacant' THEN 'vacant'
      WHEN EndsAt >= @Now THEN State
      WHEN State = 'claimed' THEN 'lapsed'
      ELSE 'vacant'
    END AS outcome,
    Fence AS fence,
    CAST(Takeover AS INT) AS takeover,
    Fingerprint AS fingerprint,
    (DATEDIFF_BIG(MICROSECOND, '1970-01-01', @Now) - Fence) / 1000 AS heldFor,
    (DATEDIFF_BIG(MICROSECOND, @Now, EndsAt) + 999) / 1000 AS remaining
  FROM ${quotedTable} WHERE KeyHash = @KeyHash;`,
};
