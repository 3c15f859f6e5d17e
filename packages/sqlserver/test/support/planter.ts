import { createHash } from 'node:crypto';
import type { RecordPlanter } from '@idem/contract-tests';
import type { TestTable } from './table-on.ts';

/** Writes into the table as something else would. */
export function planterFor(query: TestTable['query'], table: string): RecordPlanter {
  const hash = (key: string): Buffer => createHash('sha256').update(key).digest();
  return {
    foreign: async (key) => {
      await query(
        `INSERT INTO dbo.${table} (KeyHash, IdempotencyKey, State, Fence, Takeover, EndsAt, Value, PurgeShard)
         VALUES (@1, N'planted', 'done', 7, 0, '2050-01-01', 0x01, 0)`,
        [hash(key)],
      );
    },
    damage: async (key) => {
      await query(
        `UPDATE dbo.${table} SET TokenHash = NULL, ValueCrc32 = NULL WHERE KeyHash = @1`,
        [hash(key)],
      );
    },
  };
}
