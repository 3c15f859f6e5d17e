import type { Runner } from '@idem/core/sql';
import { IS_OF_NO_USE } from '../purge/expired.ts';

/** Pages that are looked at. */
const SAMPLE = 1_000;

/** How many rows wait for a purge. */
export interface Backlog {
  /** Rows that a purge would delete; an estimate for a table of more than a thousand pages. */
  readonly expired: number;
  /** All rows, those included. */
  readonly rows: number;
}

/**
 * Looks at a thousand pages by chance, so that it costs the same however large the table is.
 *
 * @param table quoted, with its schema
 */
export async function estimateBacklog(
  runner: Runner,
  table: string,
  pages: number,
): Promise<Backlog> {
  const share = Math.min(1, SAMPLE / Math.max(1, pages));
  const text = `SELECT count(*)::double precision AS seen, (count(*) FILTER (WHERE ${IS_OF_NO_USE}))::double precision AS expired
FROM ${table} TABLESAMPLE SYSTEM (${share * 100})`;
  return runner.run({
    ...{ text, parameters: [], signal: undefined },
    read: ([row]) => ({
      expired: Math.round(Number(row?.['expired'] ?? 0) / share),
      rows: Math.round(Number(row?.['seen'] ?? 0) / share),
    }),
  });
}
