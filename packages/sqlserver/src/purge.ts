import { setTimeout as sleep } from 'node:timers/promises';
import { checkPurgeOptions, type PurgeOptions, type Runner, type SqlRow } from '@idem/core/sql';
import { PURGE_SHARDS } from './schema/table.ts';

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
  const { batch, pause, signal, onProgress } = checkPurgeOptions(options);
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
