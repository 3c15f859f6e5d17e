import { after, declareNow, declareSent, leaseFromNow, shardOf, sound } from '../fragments.ts';
import { PURGE_SHARDS } from '../table.ts';
import type { Procedure } from './procedure.ts';

/**
 * Reads first, because the state decides which one statement to write, and a fresh key should not
 * pay for the paths it does not take. What is written is right whatever the read missed: the
 * insert by the primary key (2627 tells the loser), each update by the state, fence and end that
 * were read. A caller that lost such a race is told `raced` and calls again.
 *
 * The clock was read before any wait for a lock. That errs towards "not yet lapsed", and the fence
 * is past the remembered one whatever the clock says; a lease counts from after the wait. What is left of another's lease is told by
 * the clock of that moment, so that it is never more than the lease.
 */
export const claim: Procedure = {
  name: 'Claim',
  parameters: [
    '@KeyHash BINARY(32)',
    '@IdempotencyKey NVARCHAR(1024)',
    '@TokenHash BINARY(32)',
    '@Fingerprint VARCHAR(256)',
    '@LeaseDays INT',
    '@LeaseMilliseconds INT',
  ],
  body: ({ quotedTable }) => `${declareNow}
  ${declareSent}
  DECLARE @NextFence BIGINT = DATEDIFF_BIG(MICROSECOND, '1970-01-01', @Now);
  DECLARE @State VARCHAR(9), @Sound INT, @Holder BINARY(32), @Fence BIGINT, @Takeover BIT, @EndsAt DATETIME2(7), @HeldFingerprint VARCHAR(256);
  SELECT @State = State, @Holder = TokenHash, @Fence = Fence, @Takeover = Takeover, @EndsAt = EndsAt, @HeldFingerprint = Fingerprint,
    @Sound = CASE WHEN ${sound} THEN 1 ELSE 0 END
  FROM ${quotedTable} WHERE KeyHash = @KeyHash;

  IF @State IS NULL
  BEGIN
    INSERT INTO ${quotedTable} (KeyHash, IdempotencyKey, State, TokenHash, Fence, Takeover, EndsAt, Fingerprint, PurgeShard)
    VALUES (@KeyHash, RTRIM(@IdempotencyKey), 'claimed', @TokenHash, @NextFence, 0, ${after('Lease')}, NULLIF(RTRIM(@Fingerprint), ''), ${shardOf(PURGE_SHARDS)});
    IF @@ROWCOUNT = 1
    BEGIN
    ${leaseFromNow(quotedTable)}
    SELECT 'acquired' AS outcome, @NextFence AS fence, 0 AS takeover;
    END;
    RETURN;
  END;

  IF @Sound = 0
  BEGIN
    SELECT 'corrupt' AS outcome;
    RETURN;
  END;

  IF @State = 'completed' AND @EndsAt >= @Now
  BEGIN
    SELECT 'completed' AS outcome, Value AS value, ValueCrc32 AS crc32, Fingerprint AS fingerprint
    FROM ${quotedTable} WHERE KeyHash = @KeyHash AND State = 'completed';
    RETURN;
  END;

  IF @State = 'claimed' AND @EndsAt >= @Now AND @Holder <> @TokenHash
  BEGIN
    SELECT 'in-progress' AS outcome, @HeldFingerprint AS fingerprint,
      (DATEDIFF_BIG(MICROSECOND, SYSUTCDATETIME(), @EndsAt) + 999) / 1000 AS remaining;
    RETURN;
  END;

  IF @State = 'claimed' AND @EndsAt >= @Now
  BEGIN
    UPDATE ${quotedTable} SET EndsAt = ${after('Lease')}
    WHERE KeyHash = @KeyHash AND State = 'claimed' AND TokenHash = @TokenHash AND Fence = @Fence AND EndsAt >= @Now;
    IF @@ROWCOUNT = 1
    BEGIN
    ${leaseFromNow(quotedTable)}
    SELECT 'acquired' AS outcome, @Fence AS fence, CAST(@Takeover AS INT) AS takeover;
    END;
    ELSE SELECT 'raced' AS outcome;
    RETURN;
  END;

  IF @NextFence <= @Fence SET @NextFence = @Fence + 1;
  SET @Takeover = CASE WHEN @State = 'claimed' THEN 1 ELSE 0 END;
  UPDATE ${quotedTable}
  SET State = 'claimed', TokenHash = @TokenHash, Fence = @NextFence, Takeover = @Takeover, EndsAt = ${after('Lease')},
    Fingerprint = NULLIF(RTRIM(@Fingerprint), ''), Value = NULL, ValueCrc32 = NULL
  WHERE KeyHash = @KeyHash AND State = @State AND Fence = @Fence AND EndsAt = @EndsAt;
  IF @@ROWCOUNT = 1
  BEGIN
    ${leaseFromNow(quotedTable)}
    SELECT 'acquired' AS outcome, @NextFence AS fence, CAST(@Takeover AS INT) AS takeover;
  END;
  ELSE SELECT 'raced' AS outcome;`,
};
