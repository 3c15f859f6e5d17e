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
    part: async (key, nth) => {
      const [row] = await query<{ State: string }>(
        `SELECT State FROM dbo.${table} WHERE KeyHash = @1`,
        [hash(key)],
      );
      const part = (row?.State === 'claimed' ? OF_A_CLAIM : OF_A_RESULT)[nth];
      if (part === undefined) return null;
      const { name, damage, valueOnly } = part;
      await query(`UPDATE dbo.${table} SET ${damage} WHERE KeyHash = @1`, [hash(key)]);
      return { name, valueOnly };
    },
  };
}

interface Part {
  readonly name: string;
  readonly damage: string;
  readonly valueOnly: boolean;
}

/** What no procedure writes; the columns' types and NOT NULL keep out the rest. */
const OF_EITHER: readonly Part[] = [
  { name: 'state', damage: "State = 'done'", valueOnly: false },
  { name: 'fence', damage: 'Fence = -1', valueOnly: false },
  { name: 'fence, too large', damage: 'Fence = 9007199254740992', valueOnly: false },
];

const OF_A_CLAIM: readonly Part[] = [
  ...OF_EITHER,
  { name: 'token', damage: 'TokenHash = NULL', valueOnly: false },
];

const OF_A_RESULT: readonly Part[] = [
  ...OF_EITHER,
  { name: 'missing value', damage: 'Value = NULL', valueOnly: false },
  { name: 'missing checksum', damage: 'ValueCrc32 = NULL', valueOnly: false },
  { name: 'value', damage: 'Value = 0x00', valueOnly: true },
  { name: 'checksum', damage: 'ValueCrc32 = ValueCrc32 ^ 1', valueOnly: true },
];
