import { declareNow } from '../fragments.ts';
import { PURGE_SHARDS } from '../table.ts';
import type { Procedure } from './procedure.ts';
import { declarePurgeTimes, PURGEABLE, SKIP_LOCKED } from './purge.ts';

/**
 * `purgeBacklog`: how many rows the purge would delete now, and for how many milliseconds the oldest of
 * them has waited for it. It reads these rows' entries in the purge index and nothing else, waits for
 * nobody, and stops after `@Most`.
 */
export const backlog: Procedure = {
  name: 'Backlog',
  parameters: ['@Most INT'],
  body: ({ quotedTable }) => `${declareNow}
  ${declarePurgeTimes}
  SELECT COUNT(*) AS waiting, ISNULL(DATEDIFF_BIG(MILLISECOND, MIN(EndsAt), @VacantSince), 0) AS overdue
  FROM (
    SELECT TOP (@Most) EndsAt FROM ${quotedTable} WITH (${SKIP_LOCKED})
    WHERE PurgeShard IN (${Array.from({ length: PURGE_SHARDS }, (_, shard) => shard).join(', ')}) AND ${PURGEABLE}
  ) AS Ended;`,
};
