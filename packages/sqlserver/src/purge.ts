import { checkOptionNames, refuse } from '@idem/core/adapter';
import type { SqlRow } from './client/client.ts';
import type { Runner } from './client/runner.ts';
import { PURGE_SHARDS } from './schema/table.ts';

export interface PurgeOptions {
  /** Rows in one statement, 1 to 1,000: far from the 5,000 locks at which SQL Server locks the table. Default 500. */
  readonly batch?: number | undefined;
  /** Aborted: no further batch begins, and the promise rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each batch that deleted something, with the rows deleted so far. */
  readonly onProgress?: ((deleted: number) => void) | undefined;
}

const NAMES: ReadonlySet<string> = new Set(['batch', 'signal', 'onProgress']);
const DEFAULT_BATCH = 500;
const LARGEST_BATCH = 1_000;

/** Refuses, with `IDEM_INVALID_OPTIONS`, a batch that is not 1 to 1,000 rows. */
export function checkBatch(batch: number): void {
  if (!Number.isSafeInteger(batch) || batch < 1 || batch > LARGEST_BATCH) {
    refuse('IDEM_INVALID_OPTIONS', batch, 'a whole number of rows, 1 to 1,000', 'option batch');
  }
}

/** Deletes batch by batch, shard by shard; resolves with the number of rows deleted. */
export async function purgeExpired(
  runner: Runner,
  text: string,
  options: PurgeOptions,
): Promise<number> {
  checkOptionNames(options, NAMES, 'options of purgeExpired');
  const { batch = DEFAULT_BATCH, signal, onProgress } = options;
  checkBatch(batch);
  let total = 0;
  for (let shard = 0; shard < PURGE_SHARDS; shard++) {
    for (;;) {
      signal?.throwIfAborted();
      const deleted = await runner.run({
        text,
        parameters: [shard, batch],
        signal,
        read: deletedRows,
      });
      total += deleted;
      if (deleted > 0) onProgress?.(total);
      if (deleted < batch) break;
    }
  }
  return total;
}

function deletedRows(rows: readonly SqlRow[]): number {
  return Number(rows[0]?.['deleted'] ?? 0);
}
