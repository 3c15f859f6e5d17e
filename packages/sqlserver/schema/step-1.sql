CREATE TABLE [dbo].[IdempotencyStore] (
  KeyHash BINARY(32) NOT NULL,
  IdempotencyKey NVARCHAR(1024) NOT NULL,
  State VARCHAR(9) NOT NULL,
  TokenHash BINARY(32) NULL,
  Fence BIGINT NOT NULL,
  Takeover BIT NOT NULL,
  EndsAt DATETIME2(7) NOT NULL,
  Fingerprint VARCHAR(256) NULL,
  Value VARBINARY(MAX) NULL,
  ValueCrc32 INT NULL,
  PurgeShard TINYINT NOT NULL,
  CONSTRAINT [PK_IdempotencyStore] PRIMARY KEY CLUSTERED (KeyHash)
);
CREATE INDEX [IX_IdempotencyStore_Purge] ON [dbo].[IdempotencyStore] (PurgeShard, EndsAt, State);
