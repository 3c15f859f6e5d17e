import { setTimeout as sleep } from 'node:timers/promises';
import { checkOptionNames, refuse } from '@idem/core/adapter';
import type { PurgeOptions, Runner, SqlRow } from '@idem/core/sql';
import { PURGE_SHARDS } from './schema/table.ts';

const NAMES: ReadonlySet<string> = new Set(['batch', 'pause', 'signal', 'onProgress']);
const DEFAULT_BATCH = 500;
/** Far from the 5,000 locks at which SQL Server locks the table. */
const LARGEST_BATCH = 1_000;
const LONGEST_PAUSE = 60_000;

/** Refuses, with `IDEM_INVALID_OPTIONS`, a batch that is not 1 to 1,000 rows, and a pause that is not up to a minute. */
function check({ batch = DEFAULT_BATCH, pause = 0 }: PurgeOptions): void {
  if (!Number.isSafeInteger(batch) || batch < 1 || batch > LARGEST_BATCH) {
    refuse('IDEM_INVALID_OPTIONS', batch, 'a whole number of rows, 1 to 1,000', 'option batch');
  }
  if (!Number.isSafeInteger(pause) || pause < 0 || pause > LONGEST_PAUSE) {
    refuse('IDEM_INVALID_OPTIONS', pause, 'whole milliseconds, 0 to 60,000', 'option pause');
  }
}

/**
 * Deletes batch by batch, shard by shard; resolves with the number of rows deleted.
 *
 * It begins with a shard by chance, so that processes which purge at the same time are not in each
 * other's way, and one that is cut short again and again gets to each shard.
 */
export async function purgeExpired(
  runner: Runner,
  text: string,
  options: PurgeOptions,
): Promise<number> {
  checkOptionNames(options, NAMES, 'options of purgeExpired');
  check(options);
  const { batch = DEFAULT_BATCH, pause = 0, signal, onProgress } = options;
  const first = Math.floor(Math.random() * PURGE_SHARDS);
  let total = 0;
  for (let n = 0; n < PURGE_SHARDS; n++) {
    const parameters = [(first + n) % PURGE_SHARDS, batch];
    for (;;) {
      signal?.throwIfAborted();
      const deleted = await runner.run({ text, parameters, signal, read: deletedRows });
      total += deleted;
      if (deleted > 0) onProgress?.(total);
      if (deleted < batch) break;
      if (pause > 0) await sleep(pause, undefined, { signal }).catch(() => {});
    }
  }
  return total;
}

function deletedRows(rows: readonly SqlRow[]): number {
  return Number(rows[0]?.['deleted'] ?? 0);
}
