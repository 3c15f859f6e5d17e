import type { RecordPlanter } from '@idem/contract-tests';
import type { TestTable } from './table-on.ts';

/** Writes into the table as something else would. */
export function planterFor(query: TestTable['query'], table: string): RecordPlanter {
  return {
    foreign: async (key) => {
      await query(
        `INSERT INTO ${table} (key, state, fence, takeover, ends_at, value)
         VALUES ($1, 'done', 7, false, '2050-01-01', '\\x01')`,
        [Buffer.from(key)],
      );
    },
    damage: async (key) => {
      await query(`UPDATE ${table} SET token_hash = '\\x00', value_crc32 = NULL WHERE key = $1`, [
        Buffer.from(key),
      ]);
    },
    part: async (key, nth) => {
      const [row] = await query<{ state: string }>(`SELECT state FROM ${table} WHERE key = $1`, [
        Buffer.from(key),
      ]);
      const part = (row?.state === 'claimed' ? OF_A_CLAIM : OF_A_RESULT)[nth];
      if (part === undefined) return null;
      const { name, damage, valueOnly } = part;
      await query(`UPDATE ${table} SET ${damage} WHERE key = $1`, [Buffer.from(key)]);
      return { name, valueOnly };
    },
  };
}

interface Part {
  readonly name: string;
  readonly damage: string;
  readonly valueOnly: boolean;
}

const part = (name: string, damage: string): Part => ({ name, damage, valueOnly: false });

/** What no statement of ours writes; the columns' types and NOT NULL keep out the rest. */
const OF_EITHER: readonly Part[] = [
  part('state', "state = 'done'"),
  part('state of another record', "state = 'vacant', fingerprint = 'x'"),
  part('fence', 'fence = -1'),
  part('fence, too large', 'fence = 9007199254740992'),
  part('end', "ends_at = 'infinity'"),
  part('end, in the past', "ends_at = '-infinity'"),
  part('fingerprint', "fingerprint = ''"),
  part('token', "token_hash = '\\x00'"),
];

const OF_A_CLAIM: readonly Part[] = [
  ...OF_EITHER,
  part('missing token', 'token_hash = NULL'),
  part('a value', "value = '\\x01'"),
  part('a checksum', 'value_crc32 = 1'),
];

const OF_A_RESULT: readonly Part[] = [
  ...OF_EITHER,
  part('state, of a claim', "state = 'claimed'"),
  part('state, of what was released', "state = 'vacant'"),
  part('missing value', 'value = NULL'),
  part('missing checksum', 'value_crc32 = NULL'),
  { name: 'value', damage: "value = '\\x00'", valueOnly: true },
  { name: 'checksum', damage: 'value_crc32 = value_crc32 # 1', valueOnly: true },
];
