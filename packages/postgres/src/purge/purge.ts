import { setTimeout as sleep } from 'node:timers/promises';
import { checkPurgeOptions, type PurgeOptions, type Runner, type SqlRow } from '@idem/core/sql';
import { sound } from '../schema/fragments.ts';
import { IS_OF_NO_USE } from './expired.ts';
import type { Walk } from './walk.ts';

/** How many pages the table has now. */
function countPages(table: string): string {
  return `SELECT pg_relation_size('${table.replaceAll("'", "''")}'::regclass) / current_setting('block_size')::bigint AS pages`;
}

/**
 * Deletes one small batch from one stretch of the table, stepping over rows that are in use, so that
 * it never waits for a caller. There is no index on the end of a row, or each renewal and each
 * completion would have to write there: the table is read instead, in the order in which it lies.
 *
 * What is damaged stays, for whoever asks for that key to be told.
 *
 * @param table quoted, with its schema
 */
export function deleteBatch(table: string): string {
  return `WITH gone AS (
  DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
    SELECT r.ctid FROM ${table} AS r WHERE r.ctid >= $1::tid AND r.ctid < $2::tid AND ${IS_OF_NO_USE} AND ${sound}
    LIMIT $3::integer FOR UPDATE SKIP LOCKED))
  RETURNING 1)
SELECT count(*)::integer AS deleted FROM gone`;
}

/**
 * Deletes batch by batch, in one round through the table; resolves with the number of rows deleted.
 *
 * @param table quoted, with its schema
 */
export async function purgeExpired(
  runner: Runner,
  table: string,
  walk: Walk,
  options: PurgeOptions,
): Promise<number> {
  const { batch, pause, signal, onProgress } = checkPurgeOptions(options);
  signal?.throwIfAborted();
  const pages = await runner.run({
    ...{ text: countPages(table), parameters: [], signal },
    read: (rows) => Number(rows[0]?.['pages'] ?? 0),
  });
  const text = deleteBatch(table);
  let total = 0;
  for (const { first, end } of walk.round(pages)) {
    const parameters = [`(${first},0)`, `(${end},0)`, batch];
    for (;;) {
      signal?.throwIfAborted();
      const deleted = await runner.run({ text, parameters, signal, read: deletedRows });
      total += deleted;
      if (deleted > 0) onProgress?.(total);
      if (deleted > 0 && pause > 0) await sleep(pause, undefined, { signal }).catch(() => {});
      if (deleted < batch) break;
    }
  }
  return total;
}

function deletedRows(rows: readonly SqlRow[]): number {
  return Number(rows[0]?.['deleted'] ?? 0);
}
