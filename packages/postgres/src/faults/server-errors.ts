import type { IdempotencyErrorCode } from '@idem/core';

/** What an error of the server means for an operation that may be repeated. */
export interface FaultMeaning {
  /** Sent again, within the deadline. */
  readonly transient: boolean;
  /** What the caller gets, when repeating did not help or is no use. */
  readonly code: IdempotencyErrorCode;
  /** What happened and what to do; ends the sentence "The PostgreSQL store failed: …". */
  readonly reason: string;
  /** A new connection may do where this one does not: it is closed, and the operation is sent on another. */
  readonly elsewhere?: true;
}

const again = (code: IdempotencyErrorCode, reason: string): FaultMeaning => ({
  transient: true,
  code,
  reason,
});
const final = (code: IdempotencyErrorCode, reason: string): FaultMeaning => ({
  transient: false,
  code,
  reason,
});
const elsewhere = (reason: string): FaultMeaning => ({
  ...again('IDEM_STORE_UNAVAILABLE', reason),
  elsewhere: true,
});

const LOST = 'the connection was lost or not made; see that the server runs and can be reached';
const NO_SCHEMA =
  'the table or a function is missing or is not as this version needs it; call ensureSchema() once, or apply schema.sql';
const LOGIN = 'the login was refused; check the user, the password, the database and pg_hba.conf';
const LIMITED = 'the server is at a limit of its resources; try again, or give it more';
const DAMAGED = 'the server reports that its data or its disk is damaged; look at its log';

/** Each SQLSTATE that was decided, with why. PostgreSQL, "Appendix A. PostgreSQL Error Codes". */
export const serverErrors: ReadonlyMap<string, FaultMeaning> = new Map([
  // Contention: the statement was rolled back, so it can simply be sent again.
  ['IDM01', again('IDEM_STORE_BUSY', 'it waited for a lock for long; run it again')],
  [
    'IDM02',
    final(
      'IDEM_STORE_FAILED',
      'the row could not be written: a trigger, a rule or a row security policy on the table keeps it away; nothing was recorded. Remove it, or exempt the store’s role from it',
    ),
  ],
  [
    'IDM03',
    elsewhere(
      'the connection that the pool gave was in a transaction that somebody left open; nothing was recorded. Look for work that gives a connection back without COMMIT or ROLLBACK, or give the store a pool of its own',
    ),
  ],
  ['40001', again('IDEM_STORE_BUSY', 'it met a concurrent change; run it again')],
  ['40P01', again('IDEM_STORE_BUSY', 'it was the victim of a deadlock; run it again')],
  ['55P03', again('IDEM_STORE_BUSY', 'a lock was not granted in time; look for what holds it')],
  ['55006', again('IDEM_STORE_BUSY', 'the table is in use by something exclusive; try again')],
  ['23505', again('IDEM_STORE_BUSY', 'another caller made the record first; try again')],
  ...['42P06', '42P07', '42723', '42710'].map(
    (state) =>
      [state, again('IDEM_STORE_BUSY', 'another session creates the schema; try again')] as const,
  ),
  // Whether it took effect is not known, which is what repeating is safe for.
  ['40003', again('IDEM_STORE_UNAVAILABLE', LOST)],
  ['08007', again('IDEM_STORE_UNAVAILABLE', LOST)],
  // The user's own transaction.
  [
    '25P02',
    again(
      'IDEM_STORE_FAILED',
      'the transaction has failed by an earlier error, so nothing is recorded; let that error reject the work, and run the whole of it again',
    ),
  ],
  [
    '25P03',
    again(
      'IDEM_STORE_FAILED',
      'the server ended the session because its transaction was idle for too long (idle_in_transaction_session_timeout); run it again, and do less between its statements',
    ),
  ],
  [
    '25P04',
    again(
      'IDEM_STORE_FAILED',
      'the server ended the transaction because it took too long (transaction_timeout); run it again, and do less in it',
    ),
  ],
  // A standby, or a server that became one.
  [
    '25006',
    elsewhere('the server is read-only, as a standby after a failover; connect to the primary'),
  ],
  // Given up at the server.
  [
    '57014',
    again(
      'IDEM_STORE_TIMEOUT',
      'the statement was cancelled, by statement_timeout or by somebody; look for what holds it up',
    ),
  ],
  // The server goes, comes, or moves.
  ['57P01', again('IDEM_STORE_UNAVAILABLE', 'the server is shutting down; try again')],
  ['57P02', again('IDEM_STORE_UNAVAILABLE', 'the server crashed and recovers; try again')],
  ['57P03', again('IDEM_STORE_UNAVAILABLE', 'the server is starting or recovering; try again')],
  ['57P04', final('IDEM_STORE_UNAVAILABLE', 'the database was dropped')],
  ['57P05', again('IDEM_STORE_UNAVAILABLE', 'the session was idle for too long; try again')],
  // Limits that pass.
  ['53000', again('IDEM_STORE_BUSY', LIMITED)],
  ['53200', again('IDEM_STORE_BUSY', LIMITED)],
  [
    '53300',
    again(
      'IDEM_STORE_BUSY',
      'the server has no connection left; try again, make the pools smaller, or put a pooler before it',
    ),
  ],
  ['53400', again('IDEM_STORE_BUSY', LIMITED)],
  // No room: waiting does not make any.
  [
    '53100',
    final(
      'IDEM_STORE_FULL',
      'the disk of the server is full, so no record can be added; purge, or give it more room',
    ),
  ],
  // A pooler that keeps no prepared statements; the drivers then go on without.
  ['26000', again('IDEM_STORE_UNAVAILABLE', 'a prepared statement was not there; try again')],
  ['42P05', again('IDEM_STORE_UNAVAILABLE', 'a prepared statement was there already; try again')],
  ['0A000', final('IDEM_STORE_FAILED', 'the server does not support what was asked')],
  // The schema.
  ['3F000', final('IDEM_SCHEMA_MISSING', NO_SCHEMA)],
  ['42P01', final('IDEM_SCHEMA_MISSING', NO_SCHEMA)],
  ['42703', final('IDEM_SCHEMA_MISSING', NO_SCHEMA)],
  ['42883', final('IDEM_SCHEMA_MISSING', NO_SCHEMA)],
  // Whoever we are.
  [
    '42501',
    final(
      'IDEM_STORE_FAILED',
      'permission was denied; grantSql() gives a role what the operations need, and creating the schema needs CREATE on the database or the schema',
    ),
  ],
  ['3D000', final('IDEM_STORE_UNAVAILABLE', 'the database does not exist; check its name')],
  ['28000', final('IDEM_STORE_UNAVAILABLE', LOGIN)],
  ['28P01', final('IDEM_STORE_UNAVAILABLE', LOGIN)],
  // The server itself.
  ['58000', final('IDEM_STORE_FAILED', DAMAGED)],
  ['58030', final('IDEM_STORE_FAILED', DAMAGED)],
  ['58P01', final('IDEM_STORE_FAILED', DAMAGED)],
  ['XX001', final('IDEM_STORE_FAILED', DAMAGED)],
  ['XX002', final('IDEM_STORE_FAILED', DAMAGED)],
]);

/** What the rest of a class means, by its first two characters. */
export const errorClasses: ReadonlyMap<string, FaultMeaning> = new Map([
  ['08', again('IDEM_STORE_UNAVAILABLE', LOST)],
  ['40', again('IDEM_STORE_BUSY', 'the server rolled it back; run it again')],
  ['53', again('IDEM_STORE_BUSY', LIMITED)],
  ['57', again('IDEM_STORE_UNAVAILABLE', 'somebody intervened at the server; try again')],
  ['28', final('IDEM_STORE_UNAVAILABLE', LOGIN)],
]);
