CREATE PROCEDURE [dbo].[IdempotencyStore_Find_1]
  @KeyHash BINARY(32)
AS
BEGIN
  SET NOCOUNT ON;
  SET IMPLICIT_TRANSACTIONS OFF;
  IF SERVERPROPERTY('Babelfish') IS NULL
  BEGIN
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    SET TEXTSIZE 2147483647;
  END;
  DECLARE @Now DATETIME2(7) = SYSUTCDATETIME();
  SELECT
    CASE WHEN NOT (Fence BETWEEN 0 AND 9007199254740991 AND (
    State = 'vacant'
    OR (State = 'claimed' AND TokenHash IS NOT NULL)
    OR (State = 'completed' AND Value IS NOT NULL AND ValueCrc32 IS NOT NULL)
  )) THEN 'corrupt' WHEN State = 'completed' AND EndsAt >= @Now THEN 'completed' ELSE 'absent' END AS outcome,
    CASE WHEN State = 'completed' AND EndsAt >= @Now THEN Value END AS value,
    ValueCrc32 AS crc32
  FROM [dbo].[IdempotencyStore] WHERE KeyHash = @KeyHash;
END
GO
CREATE PROCEDURE [dbo].[IdempotencyStore_Exists_1]
  @KeyHash BINARY(32)
AS
BEGIN
  SET NOCOUNT ON;
  SET IMPLICIT_TRANSACTIONS OFF;
  IF SERVERPROPERTY('Babelfish') IS NULL
  BEGIN
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    SET TEXTSIZE 2147483647;
  END;
  DECLARE @Now DATETIME2(7) = SYSUTCDATETIME();
  SELECT CASE WHEN NOT (Fence BETWEEN 0 AND 9007199254740991 AND (
    State = 'vacant'
    OR (State = 'claimed' AND TokenHash IS NOT NULL)
    OR (State = 'completed' AND Value IS NOT NULL AND ValueCrc32 IS NOT NULL)
  )) THEN 'corrupt' WHEN State = 'completed' AND EndsAt >= @Now THEN 'completed' ELSE 'absent' END AS outcome
  FROM [dbo].[IdempotencyStore] WHERE KeyHash = @KeyHash;
END
GO
CREATE PROCEDURE [dbo].[IdempotencyStore_Store_1]
  @KeyHash BINARY(32),
  @IdempotencyKey NVARCHAR(1024),
  @Value VARBINARY(MAX),
  @ValueBytes INT,
  @ValueCrc32 INT,
  @TtlDays INT,
  @TtlMilliseconds INT
AS
BEGIN
  SET NOCOUNT ON;
  SET IMPLICIT_TRANSACTIONS OFF;
  IF SERVERPROPERTY('Babelfish') IS NULL
  BEGIN
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    SET TEXTSIZE 2147483647;
  END;
  DECLARE @Now DATETIME2(7) = SYSUTCDATETIME();
  DECLARE @Sent DATETIME2(7) = @Now;
  UPDATE [dbo].[IdempotencyStore]
  SET State = 'completed', TokenHash = NULL, Takeover = 0, Fingerprint = NULL,
    Value = SUBSTRING(@Value, 1, @ValueBytes), ValueCrc32 = @ValueCrc32, EndsAt = DATEADD(MILLISECOND, @TtlMilliseconds, DATEADD(DAY, @TtlDays, @Now))
  WHERE KeyHash = @KeyHash AND Fence BETWEEN 0 AND 9007199254740991 AND (
    State = 'vacant'
    OR (State = 'claimed' AND TokenHash IS NOT NULL)
    OR (State = 'completed' AND Value IS NOT NULL AND ValueCrc32 IS NOT NULL)
  );
  IF @@ROWCOUNT = 1
  BEGIN
    SET @Now = SYSUTCDATETIME();
    IF DATEDIFF_BIG(MICROSECOND, @Sent, @Now) > 50000
    BEGIN
      UPDATE [dbo].[IdempotencyStore] SET EndsAt = DATEADD(MILLISECOND, @TtlMilliseconds, DATEADD(DAY, @TtlDays, @Now))
      WHERE KeyHash = @KeyHash AND State = 'completed' AND TokenHash IS NULL AND EndsAt = DATEADD(MILLISECOND, @TtlMilliseconds, DATEADD(DAY, @TtlDays, @Sent));
    END;
    SELECT 'done' AS outcome;
    RETURN;
  END;
  INSERT INTO [dbo].[IdempotencyStore] (KeyHash, IdempotencyKey, State, Fence, Takeover, EndsAt, Value, ValueCrc32, PurgeShard)
  SELECT @KeyHash, RTRIM(@IdempotencyKey), 'completed', 0, 0, DATEADD(MILLISECOND, @TtlMilliseconds, DATEADD(DAY, @TtlDays, @Now)), SUBSTRING(@Value, 1, @ValueBytes), @ValueCrc32, CAST(SUBSTRING(@KeyHash, 1, 1) AS INT) % 8
  WHERE NOT EXISTS (SELECT 1 FROM [dbo].[IdempotencyStore] WHERE KeyHash = @KeyHash);
  IF @@ROWCOUNT = 1
  BEGIN
    SET @Now = SYSUTCDATETIME();
    IF DATEDIFF_BIG(MICROSECOND, @Sent, @Now) > 50000
    BEGIN
      UPDATE [dbo].[IdempotencyStore] SET EndsAt = DATEADD(MILLISECOND, @TtlMilliseconds, DATEADD(DAY, @TtlDays, @Now))
      WHERE KeyHash = @KeyHash AND State = 'completed' AND TokenHash IS NULL AND EndsAt = DATEADD(MILLISECOND, @TtlMilliseconds, DATEADD(DAY, @TtlDays, @Sent));
    END;
    SELECT 'done' AS outcome;
    RETURN;
  END;
  DECLARE @Outcome VARCHAR(16);
  SELECT @Outcome = CASE
    WHEN NOT (Fence BETWEEN 0 AND 9007199254740991 AND (
    State = 'vacant'
    OR (State = 'claimed' AND TokenHash IS NOT NULL)
    OR (State = 'completed' AND Value IS NOT NULL AND ValueCrc32 IS NOT NULL)
  )) THEN 'corrupt'
    
    ELSE 'raced'
  END FROM [dbo].[IdempotencyStore] WHERE KeyHash = @KeyHash;
  SELECT ISNULL(@Outcome, 'raced') AS outcome;
END
GO
CREATE PROCEDURE [dbo].[IdempotencyStore_Remove_1]
  @KeyHash BINARY(32)
AS
BEGIN
  SET NOCOUNT ON;
  SET IMPLICIT_TRANSACTIONS OFF;
  IF SERVERPROPERTY('Babelfish') IS NULL
  BEGIN
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    SET TEXTSIZE 2147483647;
  END;
  DECLARE @Now DATETIME2(7) = SYSUTCDATETIME();
  DECLARE @Written INT = 0, @Own INT = 0, @Ample DATETIME2(7) = DATEADD(MILLISECOND, 50, @Now);
  IF @@TRANCOUNT = 0
  BEGIN
    SET @Own = 1;
    SET XACT_ABORT ON;
    BEGIN TRANSACTION;
    UPDATE [dbo].[IdempotencyStore] SET State = 'vacant', TokenHash = NULL, Takeover = 0, Fingerprint = NULL, Value = NULL, ValueCrc32 = NULL, EndsAt = @Now,
    Fence = CASE WHEN Fence BETWEEN 0 AND 9007199254740990 THEN Fence ELSE DATEDIFF_BIG(MICROSECOND, '1970-01-01', @Now) END WHERE KeyHash = @KeyHash AND NOT (State = 'claimed' AND EndsAt < @Ample AND Fence BETWEEN 0 AND 9007199254740991 AND (
    State = 'vacant'
    OR (State = 'claimed' AND TokenHash IS NOT NULL)
    OR (State = 'completed' AND Value IS NOT NULL AND ValueCrc32 IS NOT NULL)
  ));
    SET @Written = @@ROWCOUNT;
    IF @Written = 1 AND SYSUTCDATETIME() > @Ample
    BEGIN
      ROLLBACK TRANSACTION;
      SET @Written = 0;
      BEGIN TRANSACTION;
    END;
  END;
  IF @Written = 0
  BEGIN
    UPDATE [dbo].[IdempotencyStore] SET Takeover = Takeover WHERE KeyHash = @KeyHash AND NOT (State = 'claimed' AND EndsAt < @Now AND Fence BETWEEN 0 AND 9007199254740991 AND (
    State = 'vacant'
    OR (State = 'claimed' AND TokenHash IS NOT NULL)
    OR (State = 'completed' AND Value IS NOT NULL AND ValueCrc32 IS NOT NULL)
  ));
    SET @Written = @@ROWCOUNT;
    SET @Now = SYSUTCDATETIME();
    IF @Written = 1
    BEGIN
    UPDATE [dbo].[IdempotencyStore] SET State = 'vacant', TokenHash = NULL, Takeover = 0, Fingerprint = NULL, Value = NULL, ValueCrc32 = NULL, EndsAt = @Now,
    Fence = CASE WHEN Fence BETWEEN 0 AND 9007199254740990 THEN Fence ELSE DATEDIFF_BIG(MICROSECOND, '1970-01-01', @Now) END WHERE KeyHash = @KeyHash AND NOT (State = 'claimed' AND EndsAt < @Now AND Fence BETWEEN 0 AND 9007199254740991 AND (
    State = 'vacant'
    OR (State = 'claimed' AND TokenHash IS NOT NULL)
    OR (State = 'completed' AND Value IS NOT NULL AND ValueCrc32 IS NOT NULL)
  ));
    SET @Written = @@ROWCOUNT;
    END;
  END;
  IF @Own = 1 COMMIT TRANSACTION;
  SELECT 'done' AS outcome;
END
GO
CREATE PROCEDURE [dbo].[IdempotencyStore_Claim_1]
  @KeyHash BINARY(32),
  @IdempotencyKey NVARCHAR(1024),
  @TokenHash BINARY(32),
  @Fingerprint VARCHAR(256),
  @LeaseDays INT,
  @LeaseMilliseconds INT
AS
BEGIN
  SET NOCOUNT ON;
  SET IMPLICIT_TRANSACTIONS OFF;
  IF SERVERPROPERTY('Babelfish') IS NULL
  BEGIN
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    SET TEXTSIZE 2147483647;
  END;
  DECLARE @Now DATETIME2(7) = SYSUTCDATETIME();
  DECLARE @Sent DATETIME2(7) = @Now;
  DECLARE @NextFence BIGINT = DATEDIFF_BIG(MICROSECOND, '1970-01-01', @Now);
  DECLARE @State VARCHAR(9), @Sound INT, @Holder BINARY(32), @Fence BIGINT, @Takeover BIT, @EndsAt DATETIME2(7), @HeldFingerprint VARCHAR(256);
  SELECT @State = State, @Holder = TokenHash, @Fence = Fence, @Takeover = Takeover, @EndsAt = EndsAt, @HeldFingerprint = Fingerprint,
    @Sound = CASE WHEN Fence BETWEEN 0 AND 9007199254740991 AND (
    State = 'vacant'
    OR (State = 'claimed' AND TokenHash IS NOT NULL)
    OR (State = 'completed' AND Value IS NOT NULL AND ValueCrc32 IS NOT NULL)
  ) THEN 1 ELSE 0 END
  FROM [dbo].[IdempotencyStore] WHERE KeyHash = @KeyHash;

  IF @State IS NULL
  BEGIN
    INSERT INTO [dbo].[IdempotencyStore] (KeyHash, IdempotencyKey, State, TokenHash, Fence, Takeover, EndsAt, Fingerprint, PurgeShard)
    VALUES (@KeyHash, RTRIM(@IdempotencyKey), 'claimed', @TokenHash, @NextFence, 0, DATEADD(MILLISECOND, @LeaseMilliseconds, DATEADD(DAY, @LeaseDays, @Now)), NULLIF(RTRIM(@Fingerprint), ''), CAST(SUBSTRING(@KeyHash, 1, 1) AS INT) % 8);
    IF @@ROWCOUNT = 1
    BEGIN
    SET @Now = SYSUTCDATETIME();
    IF DATEDIFF_BIG(MICROSECOND, @Sent, @Now) > 50000
    BEGIN
      UPDATE [dbo].[IdempotencyStore] SET EndsAt = DATEADD(MILLISECOND, @LeaseMilliseconds, DATEADD(DAY, @LeaseDays, @Now))
      WHERE KeyHash = @KeyHash AND State = 'claimed' AND TokenHash = @TokenHash AND EndsAt = DATEADD(MILLISECOND, @LeaseMilliseconds, DATEADD(DAY, @LeaseDays, @Sent));
      IF @@ROWCOUNT = 0 BEGIN SELECT 'raced' AS outcome; RETURN; END;
    END;
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
    FROM [dbo].[IdempotencyStore] WHERE KeyHash = @KeyHash AND State = 'completed';
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
    UPDATE [dbo].[IdempotencyStore] SET EndsAt = DATEADD(MILLISECOND, @LeaseMilliseconds, DATEADD(DAY, @LeaseDays, @Now))
    WHERE KeyHash = @KeyHash AND State = 'claimed' AND TokenHash = @TokenHash AND Fence = @Fence AND EndsAt >= @Now;
    IF @@ROWCOUNT = 1
    BEGIN
    SET @Now = SYSUTCDATETIME();
    IF DATEDIFF_BIG(MICROSECOND, @Sent, @Now) > 50000
    BEGIN
      UPDATE [dbo].[IdempotencyStore] SET EndsAt = DATEADD(MILLISECOND, @LeaseMilliseconds, DATEADD(DAY, @LeaseDays, @Now))
      WHERE KeyHash = @KeyHash AND State = 'claimed' AND TokenHash = @TokenHash AND EndsAt = DATEADD(MILLISECOND, @LeaseMilliseconds, DATEADD(DAY, @LeaseDays, @Sent));
      IF @@ROWCOUNT = 0 BEGIN SELECT 'raced' AS outcome; RETURN; END;
    END;
    SELECT 'acquired' AS outcome, @Fence AS fence, CAST(@Takeover AS INT) AS takeover;
    END;
    ELSE SELECT 'raced' AS outcome;
    RETURN;
  END;

  IF @NextFence <= @Fence SET @NextFence = @Fence + 1;
  SET @Takeover = CASE WHEN @State = 'claimed' THEN 1 ELSE 0 END;
  UPDATE [dbo].[IdempotencyStore]
  SET State = 'claimed', TokenHash = @TokenHash, Fence = @NextFence, Takeover = @Takeover, EndsAt = DATEADD(MILLISECOND, @LeaseMilliseconds, DATEADD(DAY, @LeaseDays, @Now)),
    Fingerprint = NULLIF(RTRIM(@Fingerprint), ''), Value = NULL, ValueCrc32 = NULL
  WHERE KeyHash = @KeyHash AND State = @State AND Fence = @Fence AND EndsAt = @EndsAt;
  IF @@ROWCOUNT = 1
  BEGIN
    SET @Now = SYSUTCDATETIME();
    IF DATEDIFF_BIG(MICROSECOND, @Sent, @Now) > 50000
    BEGIN
      UPDATE [dbo].[IdempotencyStore] SET EndsAt = DATEADD(MILLISECOND, @LeaseMilliseconds, DATEADD(DAY, @LeaseDays, @Now))
      WHERE KeyHash = @KeyHash AND State = 'claimed' AND TokenHash = @TokenHash AND EndsAt = DATEADD(MILLISECOND, @LeaseMilliseconds, DATEADD(DAY, @LeaseDays, @Sent));
      IF @@ROWCOUNT = 0 BEGIN SELECT 'raced' AS outcome; RETURN; END;
    END;
    SELECT 'acquired' AS outcome, @NextFence AS fence, CAST(@Takeover AS INT) AS takeover;
  END;
  ELSE SELECT 'raced' AS outcome;
END
GO
CREATE PROCEDURE [dbo].[IdempotencyStore_Complete_1]
  @KeyHash BINARY(32),
  @TokenHash BINARY(32),
  @Value VARBINARY(MAX),
  @ValueBytes INT,
  @ValueCrc32 INT,
  @TtlDays INT,
  @TtlMilliseconds INT
AS
BEGIN
  SET NOCOUNT ON;
  SET IMPLICIT_TRANSACTIONS OFF;
  IF SERVERPROPERTY('Babelfish') IS NULL
  BEGIN
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    SET TEXTSIZE 2147483647;
  END;
  DECLARE @Now DATETIME2(7) = SYSUTCDATETIME();
  DECLARE @Written INT = 0, @Own INT = 0, @Ample DATETIME2(7) = DATEADD(MILLISECOND, 50, @Now);
  IF @@TRANCOUNT = 0
  BEGIN
    SET @Own = 1;
    SET XACT_ABORT ON;
    BEGIN TRANSACTION;
    UPDATE [dbo].[IdempotencyStore] SET State = 'completed', Value = SUBSTRING(@Value, 1, @ValueBytes), ValueCrc32 = @ValueCrc32, EndsAt = DATEADD(MILLISECOND, @TtlMilliseconds, DATEADD(DAY, @TtlDays, @Now)) WHERE KeyHash = @KeyHash AND State = 'claimed' AND TokenHash = @TokenHash AND EndsAt >= @Ample AND Fence BETWEEN 0 AND 9007199254740991 AND (
    State = 'vacant'
    OR (State = 'claimed' AND TokenHash IS NOT NULL)
    OR (State = 'completed' AND Value IS NOT NULL AND ValueCrc32 IS NOT NULL)
  );
    SET @Written = @@ROWCOUNT;
    IF @Written = 1 AND SYSUTCDATETIME() > @Ample
    BEGIN
      ROLLBACK TRANSACTION;
      SET @Written = 0;
      BEGIN TRANSACTION;
    END;
  END;
  IF @Written = 0
  BEGIN
    UPDATE [dbo].[IdempotencyStore] SET Takeover = Takeover WHERE KeyHash = @KeyHash AND State = 'claimed' AND TokenHash = @TokenHash AND EndsAt >= @Now AND Fence BETWEEN 0 AND 9007199254740991 AND (
    State = 'vacant'
    OR (State = 'claimed' AND TokenHash IS NOT NULL)
    OR (State = 'completed' AND Value IS NOT NULL AND ValueCrc32 IS NOT NULL)
  );
    SET @Written = @@ROWCOUNT;
    SET @Now = SYSUTCDATETIME();
    IF @Written = 1
    BEGIN
    UPDATE [dbo].[IdempotencyStore] SET State = 'completed', Value = SUBSTRING(@Value, 1, @ValueBytes), ValueCrc32 = @ValueCrc32, EndsAt = DATEADD(MILLISECOND, @TtlMilliseconds, DATEADD(DAY, @TtlDays, @Now)) WHERE KeyHash = @KeyHash AND State = 'claimed' AND TokenHash = @TokenHash AND EndsAt >= @Now AND Fence BETWEEN 0 AND 9007199254740991 AND (
    State = 'vacant'
    OR (State = 'claimed' AND TokenHash IS NOT NULL)
    OR (State = 'completed' AND Value IS NOT NULL AND ValueCrc32 IS NOT NULL)
  );
    SET @Written = @@ROWCOUNT;
    END;
  END;
  IF @Own = 1 COMMIT TRANSACTION;
  IF @Written = 1
  BEGIN
    SELECT 'done' AS outcome;
    RETURN;
  END;
  DECLARE @Outcome VARCHAR(16);
  SELECT @Outcome = CASE
    WHEN NOT (Fence BETWEEN 0 AND 9007199254740991 AND (
    State = 'vacant'
    OR (State = 'claimed' AND TokenHash IS NOT NULL)
    OR (State = 'completed' AND Value IS NOT NULL AND ValueCrc32 IS NOT NULL)
  )) THEN 'corrupt'
    WHEN State = 'completed' AND TokenHash = @TokenHash AND EndsAt >= @Now THEN 'done-before'
    ELSE 'not-held'
  END FROM [dbo].[IdempotencyStore] WHERE KeyHash = @KeyHash;
  SELECT ISNULL(@Outcome, 'not-held') AS outcome;
END
GO
CREATE PROCEDURE [dbo].[IdempotencyStore_Release_1]
  @KeyHash BINARY(32),
  @TokenHash BINARY(32)
AS
BEGIN
  SET NOCOUNT ON;
  SET IMPLICIT_TRANSACTIONS OFF;
  IF SERVERPROPERTY('Babelfish') IS NULL
  BEGIN
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    SET TEXTSIZE 2147483647;
  END;
  DECLARE @Now DATETIME2(7) = SYSUTCDATETIME();
  DECLARE @Written INT = 0, @Own INT = 0, @Ample DATETIME2(7) = DATEADD(MILLISECOND, 50, @Now);
  IF @@TRANCOUNT = 0
  BEGIN
    SET @Own = 1;
    SET XACT_ABORT ON;
    BEGIN TRANSACTION;
    UPDATE [dbo].[IdempotencyStore] SET State = 'vacant', Fingerprint = NULL, EndsAt = @Now WHERE KeyHash = @KeyHash AND State = 'claimed' AND TokenHash = @TokenHash AND EndsAt >= @Ample AND Fence BETWEEN 0 AND 9007199254740991 AND (
    State = 'vacant'
    OR (State = 'claimed' AND TokenHash IS NOT NULL)
    OR (State = 'completed' AND Value IS NOT NULL AND ValueCrc32 IS NOT NULL)
  );
    SET @Written = @@ROWCOUNT;
    IF @Written = 1 AND SYSUTCDATETIME() > @Ample
    BEGIN
      ROLLBACK TRANSACTION;
      SET @Written = 0;
      BEGIN TRANSACTION;
    END;
  END;
  IF @Written = 0
  BEGIN
    UPDATE [dbo].[IdempotencyStore] SET Takeover = Takeover WHERE KeyHash = @KeyHash AND State = 'claimed' AND TokenHash = @TokenHash AND EndsAt >= @Now AND Fence BETWEEN 0 AND 9007199254740991 AND (
    State = 'vacant'
    OR (State = 'claimed' AND TokenHash IS NOT NULL)
    OR (State = 'completed' AND Value IS NOT NULL AND ValueCrc32 IS NOT NULL)
  );
    SET @Written = @@ROWCOUNT;
    SET @Now = SYSUTCDATETIME();
    IF @Written = 1
    BEGIN
    UPDATE [dbo].[IdempotencyStore] SET State = 'vacant', Fingerprint = NULL, EndsAt = @Now WHERE KeyHash = @KeyHash AND State = 'claimed' AND TokenHash = @TokenHash AND EndsAt >= @Now AND Fence BETWEEN 0 AND 9007199254740991 AND (
    State = 'vacant'
    OR (State = 'claimed' AND TokenHash IS NOT NULL)
    OR (State = 'completed' AND Value IS NOT NULL AND ValueCrc32 IS NOT NULL)
  );
    SET @Written = @@ROWCOUNT;
    END;
  END;
  IF @Own = 1 COMMIT TRANSACTION;
  IF @Written = 1
  BEGIN
    SELECT 'done' AS outcome;
    RETURN;
  END;
  DECLARE @Outcome VARCHAR(16);
  SELECT @Outcome = CASE
    WHEN NOT (Fence BETWEEN 0 AND 9007199254740991 AND (
    State = 'vacant'
    OR (State = 'claimed' AND TokenHash IS NOT NULL)
    OR (State = 'completed' AND Value IS NOT NULL AND ValueCrc32 IS NOT NULL)
  )) THEN 'corrupt'
    WHEN State = 'vacant' AND TokenHash = @TokenHash THEN 'released-before'
    ELSE 'not-held'
  END FROM [dbo].[IdempotencyStore] WHERE KeyHash = @KeyHash;
  SELECT ISNULL(@Outcome, 'not-held') AS outcome;
END
GO
CREATE PROCEDURE [dbo].[IdempotencyStore_Renew_1]
  @KeyHash BINARY(32),
  @TokenHash BINARY(32),
  @LeaseDays INT,
  @LeaseMilliseconds INT
AS
BEGIN
  SET NOCOUNT ON;
  SET IMPLICIT_TRANSACTIONS OFF;
  IF SERVERPROPERTY('Babelfish') IS NULL
  BEGIN
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    SET TEXTSIZE 2147483647;
  END;
  DECLARE @Now DATETIME2(7) = SYSUTCDATETIME();
  DECLARE @Written INT = 0, @Own INT = 0, @Ample DATETIME2(7) = DATEADD(MILLISECOND, 50, @Now);
  IF @@TRANCOUNT = 0
  BEGIN
    SET @Own = 1;
    SET XACT_ABORT ON;
    BEGIN TRANSACTION;
    UPDATE [dbo].[IdempotencyStore] SET EndsAt = DATEADD(MILLISECOND, @LeaseMilliseconds, DATEADD(DAY, @LeaseDays, @Now)) WHERE KeyHash = @KeyHash AND State = 'claimed' AND TokenHash = @TokenHash AND EndsAt >= @Ample AND Fence BETWEEN 0 AND 9007199254740991 AND (
    State = 'vacant'
    OR (State = 'claimed' AND TokenHash IS NOT NULL)
    OR (State = 'completed' AND Value IS NOT NULL AND ValueCrc32 IS NOT NULL)
  );
    SET @Written = @@ROWCOUNT;
    IF @Written = 1 AND SYSUTCDATETIME() > @Ample
    BEGIN
      ROLLBACK TRANSACTION;
      SET @Written = 0;
      BEGIN TRANSACTION;
    END;
  END;
  IF @Written = 0
  BEGIN
    UPDATE [dbo].[IdempotencyStore] SET Takeover = Takeover WHERE KeyHash = @KeyHash AND State = 'claimed' AND TokenHash = @TokenHash AND EndsAt >= @Now AND Fence BETWEEN 0 AND 9007199254740991 AND (
    State = 'vacant'
    OR (State = 'claimed' AND TokenHash IS NOT NULL)
    OR (State = 'completed' AND Value IS NOT NULL AND ValueCrc32 IS NOT NULL)
  );
    SET @Written = @@ROWCOUNT;
    SET @Now = SYSUTCDATETIME();
    IF @Written = 1
    BEGIN
    UPDATE [dbo].[IdempotencyStore] SET EndsAt = DATEADD(MILLISECOND, @LeaseMilliseconds, DATEADD(DAY, @LeaseDays, @Now)) WHERE KeyHash = @KeyHash AND State = 'claimed' AND TokenHash = @TokenHash AND EndsAt >= @Now AND Fence BETWEEN 0 AND 9007199254740991 AND (
    State = 'vacant'
    OR (State = 'claimed' AND TokenHash IS NOT NULL)
    OR (State = 'completed' AND Value IS NOT NULL AND ValueCrc32 IS NOT NULL)
  );
    SET @Written = @@ROWCOUNT;
    END;
  END;
  IF @Own = 1 COMMIT TRANSACTION;
  IF @Written = 1
  BEGIN
    SELECT 'done' AS outcome;
    RETURN;
  END;
  DECLARE @Outcome VARCHAR(16);
  SELECT @Outcome = CASE
    WHEN NOT (Fence BETWEEN 0 AND 9007199254740991 AND (
    State = 'vacant'
    OR (State = 'claimed' AND TokenHash IS NOT NULL)
    OR (State = 'completed' AND Value IS NOT NULL AND ValueCrc32 IS NOT NULL)
  )) THEN 'corrupt'
    
    ELSE 'not-held'
  END FROM [dbo].[IdempotencyStore] WHERE KeyHash = @KeyHash;
  SELECT ISNULL(@Outcome, 'not-held') AS outcome;
END
GO
CREATE PROCEDURE [dbo].[IdempotencyStore_Inspect_1]
  @KeyHash BINARY(32)
AS
BEGIN
  SET NOCOUNT ON;
  SET IMPLICIT_TRANSACTIONS OFF;
  IF SERVERPROPERTY('Babelfish') IS NULL
  BEGIN
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    SET TEXTSIZE 2147483647;
  END;
  DECLARE @Now DATETIME2(7) = SYSUTCDATETIME();
  SELECT
    CASE
      WHEN NOT (Fence BETWEEN 0 AND 9007199254740991 AND (
    State = 'vacant'
    OR (State = 'claimed' AND TokenHash IS NOT NULL)
    OR (State = 'completed' AND Value IS NOT NULL AND ValueCrc32 IS NOT NULL)
  )) THEN 'corrupt'
      WHEN State = 'vacant' THEN 'vacant'
      WHEN EndsAt >= @Now THEN State
      WHEN State = 'claimed' THEN 'lapsed'
      ELSE 'vacant'
    END AS outcome,
    Fence AS fence,
    CAST(Takeover AS INT) AS takeover,
    Fingerprint AS fingerprint,
    (DATEDIFF_BIG(MICROSECOND, '1970-01-01', @Now) - Fence) / 1000 AS heldFor,
    (DATEDIFF_BIG(MICROSECOND, @Now, EndsAt) + 999) / 1000 AS remaining
  FROM [dbo].[IdempotencyStore] WHERE KeyHash = @KeyHash;
END
GO
CREATE PROCEDURE [dbo].[IdempotencyStore_Purge_1]
  @Shard INT,
  @Batch INT
AS
BEGIN
  SET NOCOUNT ON;
  SET IMPLICIT_TRANSACTIONS OFF;
  IF SERVERPROPERTY('Babelfish') IS NULL
  BEGIN
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    SET TEXTSIZE 2147483647;
  END;
  SET DEADLOCK_PRIORITY LOW;
  SET ROWCOUNT 0;
  DECLARE @Now DATETIME2(7) = SYSUTCDATETIME();
  DECLARE @VacantSince DATETIME2(7) = DATEADD(MILLISECOND, -600000, @Now);
  DECLARE @LapsedSince DATETIME2(7) = DATEADD(MILLISECOND, -86400000, @Now);
  DELETE TOP (@Batch) FROM [dbo].[IdempotencyStore] WITH (ROWLOCK, READPAST, READCOMMITTEDLOCK)
  WHERE PurgeShard = @Shard AND EndsAt < @VacantSince
    AND (State = 'vacant' OR State = 'completed' OR (State = 'claimed' AND EndsAt < @LapsedSince)) AND Fence BETWEEN 0 AND 9007199254740991 AND (
    State = 'vacant'
    OR (State = 'claimed' AND TokenHash IS NOT NULL)
    OR (State = 'completed' AND Value IS NOT NULL AND ValueCrc32 IS NOT NULL)
  );
  DECLARE @Deleted INT = @@ROWCOUNT;
  SELECT @Deleted AS deleted;
  RETURN @Deleted;
END
GO
CREATE PROCEDURE [dbo].[IdempotencyStore_Backlog_1]
  @Most INT
AS
BEGIN
  SET NOCOUNT ON;
  SET IMPLICIT_TRANSACTIONS OFF;
  IF SERVERPROPERTY('Babelfish') IS NULL
  BEGIN
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    SET TEXTSIZE 2147483647;
  END;
  DECLARE @Now DATETIME2(7) = SYSUTCDATETIME();
  DECLARE @VacantSince DATETIME2(7) = DATEADD(MILLISECOND, -600000, @Now);
  DECLARE @LapsedSince DATETIME2(7) = DATEADD(MILLISECOND, -86400000, @Now);
  SELECT COUNT(*) AS waiting, ISNULL(DATEDIFF_BIG(MILLISECOND, MIN(EndsAt), @VacantSince), 0) AS overdue
  FROM (
    SELECT TOP (@Most) EndsAt FROM [dbo].[IdempotencyStore] WITH (READPAST, READCOMMITTEDLOCK)
    WHERE PurgeShard IN (0, 1, 2, 3, 4, 5, 6, 7) AND EndsAt < @VacantSince
    AND (State = 'vacant' OR State = 'completed' OR (State = 'claimed' AND EndsAt < @LapsedSince))
  ) AS Ended;
END
GO
