import {
  after,
  countFromNow,
  declareNow,
  declareSent,
  explain,
  shardOf,
  sound,
} from '../fragments.ts';
import { PURGE_SHARDS } from '../table.ts';
import { atItsMoment } from './at-its-moment.ts';
import type { Procedure } from './procedure.ts';

/** `find`: no row, or one that says what it is and, when it is live and completed, its value. */
export const find: Procedure = {
  name: 'Find',
  parameters: ['@KeyHash BINARY(32)'],
  body: ({ quotedTable }) => `${declareNow}
  SELECT
    CASE WHEN NOT (${sound}) THEN 'corrupt' WHEN State = 'completed' AND EndsAt >= @Now THEN 'completed' ELSE 'absent' END AS outcome,
    CASE WHEN State = 'completed' AND EndsAt >= @Now THEN Value END AS value,
    ValueCrc32 AS crc32
  FROM ${quotedTable} WHERE KeyHash = @KeyHash;`,
};

/** `exists`: as `find`, without reading the value. */
export const exists: Procedure = {
  name: 'Exists',
  parameters: ['@KeyHash BINARY(32)'],
  body: ({ quotedTable }) => `${declareNow}
  SELECT CASE WHEN NOT (${sound}) THEN 'corrupt' WHEN State = 'completed' AND EndsAt >= @Now THEN 'completed' ELSE 'absent' END AS outcome
  FROM ${quotedTable} WHERE KeyHash = @KeyHash;`,
};

/** What `store` has written. */
const STORED = { duration: 'Ttl', as: "State = 'completed' AND TokenHash IS NULL" } as const;

/** `store`: replaces whatever sound row is there, and remembers its fence. */
export const store: Procedure = {
  name: 'Store',
  parameters: [
    '@KeyHash BINARY(32)',
    '@IdempotencyKey NVARCHAR(1024)',
    '@Value VARBINARY(MAX)',
    '@ValueBytes INT',
    '@ValueCrc32 INT',
    '@TtlDays INT',
    '@TtlMilliseconds INT',
  ],
  body: ({ quotedTable }) => `${declareNow}
  ${declareSent}
  UPDATE ${quotedTable}
  SET State = 'completed', TokenHash = NULL, Takeover = 0, Fingerprint = NULL,
    Value = SUBSTRING(@Value, 1, @ValueBytes), ValueCrc32 = @ValueCrc32, EndsAt = ${after('Ttl')}
  WHERE KeyHash = @KeyHash AND ${sound};
  IF @@ROWCOUNT = 1
  BEGIN
    ${countFromNow(quotedTable, STORED)}
    SELECT 'done' AS outcome;
    RETURN;
  END;
  INSERT INTO ${quotedTable} (KeyHash, IdempotencyKey, State, Fence, Takeover, EndsAt, Value, ValueCrc32, PurgeShard)
  SELECT @KeyHash, RTRIM(@IdempotencyKey), 'completed', 0, 0, ${after('Ttl')}, SUBSTRING(@Value, 1, @ValueBytes), @ValueCrc32, ${shardOf(PURGE_SHARDS)}
  WHERE NOT EXISTS (SELECT 1 FROM ${quotedTable} WHERE KeyHash = @KeyHash);
  IF @@ROWCOUNT = 1
  BEGIN
    ${countFromNow(quotedTable, STORED)}
    SELECT 'done' AS outcome;
    RETURN;
  END;
  ${explain(quotedTable, [], 'raced')}`,
};

/**
 * `remove`: the row stays, vacant, and remembers its fence until the purge. It is also the remedy
 * for a corrupt row, whose fence is kept only if it can be one. A claim that has lapsed, by the clock
 * of after any wait, is left as it is: the key is vacant, and whoever claims it next must be told of
 * the takeover.
 */
export const remove: Procedure = {
  name: 'Remove',
  parameters: ['@KeyHash BINARY(32)'],
  body: ({ quotedTable }) => `${atItsMoment({
    table: quotedTable,
    set: `State = 'vacant', TokenHash = NULL, Takeover = 0, Fingerprint = NULL, Value = NULL, ValueCrc32 = NULL, EndsAt = @Now,
    Fence = CASE WHEN Fence BETWEEN 0 AND 9007199254740990 THEN Fence ELSE DATEDIFF_BIG(MICROSECOND, '1970-01-01', @Now) END`,
    where: (moment) =>
      `KeyHash = @KeyHash AND NOT (State = 'claimed' AND EndsAt < ${moment} AND ${sound})`,
  })}
  SELECT 'done' AS outcome;`,
};
