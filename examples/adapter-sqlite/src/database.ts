import { DatabaseSync } from 'node:sqlite';

/** Opens the file, which any number of processes may do at once, and makes the table if it is new. */
export function openDatabase(path: string, busyTimeout = 5_000): DatabaseSync {
  const db = new DatabaseSync(path);
  // First, so that whatever follows waits for another process instead of failing.
  db.exec(`PRAGMA busy_timeout = ${busyTimeout}`);
  // Readers never wait, and a commit is on the disk before it is acknowledged.
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  // The key is a BLOB: bytes have no collation, and Node 22 cuts TEXT at a NUL.
  db.exec(`
    CREATE TABLE IF NOT EXISTS idempotency (
      key BLOB PRIMARY KEY, state TEXT NOT NULL, fence INTEGER NOT NULL, until INTEGER NOT NULL,
      token TEXT, fingerprint TEXT, takeover INTEGER, since INTEGER, value BLOB, checksum INTEGER) STRICT;
    CREATE INDEX IF NOT EXISTS idempotency_until ON idempotency (until)`);
  return db;
}

/** Whole milliseconds since 1970, by SQLite. */
export const CLOCK = `SELECT CAST(round(unixepoch('subsec') * 1000) AS INTEGER) AS now`;

const READ = 'SELECT * FROM idempotency WHERE key = ?';

// coalesce: Node 22 may bind an empty array as NULL.
const WRITE = `REPLACE INTO idempotency VALUES (:key, :state, :fence, :until,
  :token, :fingerprint, :takeover, :since, coalesce(:value, x''), :checksum)`;

// A lapsed claim stays one: it is vacant already, and the next holder is still to be told of it.
const REMOVE = `UPDATE idempotency SET
  state = iif(state = 'claimed' AND until <= :now, state, 'vacant'), until = min(until, :now),
  token = NULL, fingerprint = NULL, takeover = 0, since = 0, value = x'', checksum = 0 WHERE key = :key`;

// Two for each claim, which adds one: what is over does not pile up, and no claim pays for a heap.
// Only what this adapter wrote: a row of another program must stay in the way.
const PRUNE = `DELETE FROM idempotency WHERE key IN (SELECT key FROM idempotency
  WHERE until < ? AND state IN ('vacant', 'claimed', 'completed') ORDER BY until LIMIT 2)`;

// Changes nothing: what writes in a transaction waits for its turn here.
const LOCK = 'UPDATE idempotency SET until = until WHERE false';

export type Statements = ReturnType<typeof prepareStatements>;

export function prepareStatements(db: DatabaseSync) {
  const [clock, read, write] = [db.prepare(CLOCK), db.prepare(READ), db.prepare(WRITE)];
  const [remove, prune, lock] = [db.prepare(REMOVE), db.prepare(PRUNE), db.prepare(LOCK)];
  return { clock, read, write, remove, prune, lock };
}
