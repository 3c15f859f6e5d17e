import { DatabaseSync } from 'node:sqlite';

/** Opens the file, which any number of processes may do at once, and makes the table if it is new. */
export function openDatabase(path: string): DatabaseSync {
  const db = new DatabaseSync(path);
  // First, so that whatever follows waits for another process instead of failing.
  db.exec('PRAGMA busy_timeout = 5000');
  // Readers never wait, and a commit is on the disk before it is acknowledged.
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  // The key is a BLOB: bytes have no collation, and Node 22 cuts TEXT at a NUL.
  db.exec(`
    CREATE TABLE IF NOT EXISTS idempotency (
      key BLOB PRIMARY KEY, state TEXT NOT NULL, fence INTEGER NOT NULL, until INTEGER NOT NULL,
      token TEXT, fingerprint TEXT, takeover INTEGER, value BLOB, checksum INTEGER) STRICT;
    CREATE INDEX IF NOT EXISTS idempotency_until ON idempotency (until)`);
  return db;
}

/** Whole milliseconds since 1970, by SQLite. */
export const CLOCK = `SELECT CAST(round(unixepoch('subsec') * 1000) AS INTEGER) AS now`;

export const READ = 'SELECT * FROM idempotency WHERE key = ?';

export const WRITE = `REPLACE INTO idempotency VALUES
  (:key, :state, :fence, :until, :token, :fingerprint, :takeover, :value, :checksum)`;

// Two for each claim, which adds one: what is over does not pile up, and no claim pays for a heap.
export const PRUNE = `DELETE FROM idempotency WHERE key IN
  (SELECT key FROM idempotency WHERE until < ? ORDER BY until LIMIT 2)`;
