CREATE TABLE "public"."idempotency_store" (
  fence bigint NOT NULL,
  ends_at timestamptz NOT NULL,
  value_crc32 integer,
  takeover boolean NOT NULL,
  state text NOT NULL,
  key bytea NOT NULL PRIMARY KEY,
  token_hash bytea,
  fingerprint text,
  value bytea
) WITH (
  fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05
);
