import type { IdempotencyErrorCode } from '@idem/core';
import { IMPLICIT_TRANSACTIONS, IN_TRANSACTION, INNER_TRANSACTION } from '../client/guard.ts';

/** What an error of the server means for an operation that may be repeated. */
export interface FaultMeaning {
  /** Sent again, within the deadline. */
  readonly transient: boolean;
  /** What the caller gets, when repeating did not help or is no use. */
  readonly code: IdempotencyErrorCode;
  /** What happened and what to do; ends the sentence "The SQL Server store failed: …". */
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

const MOVED = 'the database is moving to another server or coming up; try again';
const LIMITED = 'the server is at a limit of its resources; try again, or give it more';
const GRANT = 'permission was denied; grant EXECUTE on the store’s procedures, as the README shows';
const NO_SCHEMA =
  'the table or a procedure is missing or is not as this version needs it; call ensureSchema() once, or apply schema.sql';
const NO_ROOM =
  'the database is full, so no record can be added; purge, or give the database or its log more room';
const LOGIN = 'the login was refused; check the user, the password and the database';

/** What schema.sql throws when another session holds its lock. */
export const SCHEMA_LOCKED = 54_731;

/** What schema.sql throws where the procedures would keep an option that makes writes fail one day. */
export const QUOTED_IDENTIFIER_OFF = 54_734;

/**
 * Each error number that was decided, with why. Numbers and texts: SQL Server, "Database engine
 * events and errors"; Azure SQL, "Troubleshoot transient connection errors".
 */
export const serverErrors: ReadonlyMap<number, FaultMeaning> = new Map([
  // Contention: the statement was rolled back, so it can simply be sent again.
  [1205, again('IDEM_STORE_BUSY', 'it was the victim of a deadlock; try again')],
  [1222, again('IDEM_STORE_BUSY', 'a lock was not granted in time; look for what holds it')],
  [1204, again('IDEM_STORE_BUSY', 'the server has no locks left; try again')],
  [2627, again('IDEM_STORE_BUSY', 'another caller made the record first; try again')],
  [2601, again('IDEM_STORE_BUSY', 'another caller made the record first; try again')],
  [3960, again('IDEM_STORE_BUSY', 'a snapshot transaction met a newer row; run it again')],
  [
    3961,
    again('IDEM_STORE_BUSY', 'the schema changed beside a snapshot transaction; run it again'),
  ],
  [3966, again('IDEM_STORE_BUSY', 'the version store lost a row version; run it again')],
  [3967, again('IDEM_STORE_BUSY', 'the version store was cut short; run it again')],
  [845, again('IDEM_STORE_BUSY', 'a page was not to be had in time; look at the disks')],
  [SCHEMA_LOCKED, again('IDEM_STORE_BUSY', 'another session is creating the schema; try again')],
  // The connection, as the server tells it.
  [20, again('IDEM_STORE_UNAVAILABLE', 'the connection could not be secured; try again')],
  [64, again('IDEM_STORE_UNAVAILABLE', 'the connection was lost; try again')],
  [121, again('IDEM_STORE_UNAVAILABLE', 'the connection was lost; try again')],
  [233, again('IDEM_STORE_UNAVAILABLE', 'the server closed the connection; try again')],
  [596, again('IDEM_STORE_UNAVAILABLE', 'the session was killed; try again')],
  [6005, again('IDEM_STORE_UNAVAILABLE', 'the server is shutting down; try again')],
  [10053, again('IDEM_STORE_UNAVAILABLE', 'the connection was lost; try again')],
  [10054, again('IDEM_STORE_UNAVAILABLE', 'the connection was reset; try again')],
  [10060, again('IDEM_STORE_UNAVAILABLE', 'the server did not answer; see that it can be reached')],
  [17142, again('IDEM_STORE_UNAVAILABLE', 'the server is paused; resume it')],
  [18401, again('IDEM_STORE_UNAVAILABLE', 'the server is upgrading its databases; try again')],
  // Failover and reconfiguration, in Azure and in availability groups.
  [615, elsewhere(MOVED)],
  [921, again('IDEM_STORE_UNAVAILABLE', MOVED)],
  [922, again('IDEM_STORE_UNAVAILABLE', MOVED)],
  [926, again('IDEM_STORE_UNAVAILABLE', MOVED)],
  [945, again('IDEM_STORE_UNAVAILABLE', MOVED)],
  [952, again('IDEM_STORE_UNAVAILABLE', MOVED)],
  [976, elsewhere(MOVED)],
  [978, elsewhere(MOVED)],
  [983, elsewhere(MOVED)],
  [3906, elsewhere('the database is read-only here; connect to the primary')],
  [4060, again('IDEM_STORE_UNAVAILABLE', 'the database cannot be opened; check its name')],
  [4221, again('IDEM_STORE_UNAVAILABLE', MOVED)],
  [
    IN_TRANSACTION,
    elsewhere(
      'a connection of the pool is in a transaction that somebody began on it and did not end; find who does, and use createDialect, which closes such connections',
    ),
  ],
  [9001, elsewhere('the log of the database is not available; try again, then look at its disk')],
  [40143, again('IDEM_STORE_UNAVAILABLE', MOVED)],
  [40197, again('IDEM_STORE_UNAVAILABLE', MOVED)],
  [40540, again('IDEM_STORE_UNAVAILABLE', MOVED)],
  [40613, again('IDEM_STORE_UNAVAILABLE', MOVED)],
  // Limits that pass.
  [701, again('IDEM_STORE_BUSY', LIMITED)],
  [802, again('IDEM_STORE_BUSY', LIMITED)],
  [8645, again('IDEM_STORE_BUSY', LIMITED)],
  [8651, again('IDEM_STORE_BUSY', LIMITED)],
  [17809, again('IDEM_STORE_BUSY', LIMITED)],
  [10928, again('IDEM_STORE_BUSY', LIMITED)],
  [10929, again('IDEM_STORE_BUSY', LIMITED)],
  [10936, again('IDEM_STORE_BUSY', LIMITED)],
  [40501, again('IDEM_STORE_BUSY', LIMITED)],
  [40549, again('IDEM_STORE_BUSY', LIMITED)],
  [40550, again('IDEM_STORE_BUSY', LIMITED)],
  [40551, again('IDEM_STORE_BUSY', LIMITED)],
  [40552, again('IDEM_STORE_BUSY', LIMITED)],
  [40553, again('IDEM_STORE_BUSY', LIMITED)],
  [42108, again('IDEM_STORE_UNAVAILABLE', 'the pool is paused; resume it')],
  [42109, again('IDEM_STORE_UNAVAILABLE', MOVED)],
  [49918, again('IDEM_STORE_BUSY', LIMITED)],
  [49919, again('IDEM_STORE_BUSY', LIMITED)],
  [49920, again('IDEM_STORE_BUSY', LIMITED)],
  // No room: waiting does not make any.
  [1101, final('IDEM_STORE_FULL', NO_ROOM)],
  [1105, final('IDEM_STORE_FULL', NO_ROOM)],
  [9002, final('IDEM_STORE_FULL', NO_ROOM)],
  [40544, final('IDEM_STORE_FULL', NO_ROOM)],
  [3958, final('IDEM_STORE_FULL', 'tempdb has no room for row versions; give it more')],
  // The schema.
  [201, final('IDEM_SCHEMA_MISSING', NO_SCHEMA)],
  [207, final('IDEM_SCHEMA_MISSING', NO_SCHEMA)],
  [208, final('IDEM_SCHEMA_MISSING', NO_SCHEMA)],
  [2812, final('IDEM_SCHEMA_MISSING', NO_SCHEMA)],
  [8144, final('IDEM_SCHEMA_MISSING', NO_SCHEMA)],
  [
    650,
    final(
      'IDEM_SCHEMA_MISSING',
      'a procedure ran at an isolation level that it does not state; call ensureSchema() of this version',
    ),
  ],
  [
    QUOTED_IDENTIFIER_OFF,
    final(
      'IDEM_STORE_FAILED',
      'the session has QUOTED_IDENTIFIER off, and procedures keep it; turn it on (enableQuotedIdentifier of tedious), or apply schema.sql with sqlcmd',
    ),
  ],
  // Whoever we are.
  [229, final('IDEM_STORE_FAILED', GRANT)],
  [230, final('IDEM_STORE_FAILED', GRANT)],
  [
    262,
    final(
      'IDEM_STORE_FAILED',
      'permission was denied; creating the schema needs CREATE TABLE and CREATE PROCEDURE',
    ),
  ],
  [916, final('IDEM_STORE_FAILED', LOGIN)],
  [4064, final('IDEM_STORE_UNAVAILABLE', LOGIN)],
  [18452, final('IDEM_STORE_UNAVAILABLE', LOGIN)],
  [18456, final('IDEM_STORE_UNAVAILABLE', LOGIN)],
  [18470, final('IDEM_STORE_UNAVAILABLE', LOGIN)],
  [18487, final('IDEM_STORE_UNAVAILABLE', LOGIN)],
  [18488, final('IDEM_STORE_UNAVAILABLE', LOGIN)],
  // The user's own transaction.
  [
    IMPLICIT_TRANSACTIONS,
    final(
      'IDEM_STORE_FAILED',
      'IMPLICIT_TRANSACTIONS is on, so that nobody can tell whether the transaction is still the one that you began; turn it off (SET IMPLICIT_TRANSACTIONS OFF, or enableImplicitTransactions of tedious)',
    ),
  ],
  [
    INNER_TRANSACTION,
    final(
      'IDEM_STORE_FAILED',
      'more than one transaction is open (@@TRANCOUNT), so that your commit would end the inner one and commit nothing; look for a BEGIN TRANSACTION without its COMMIT, such as in a procedure that your function calls (error 266), and roll back',
    ),
  ],
  [3930, final('IDEM_STORE_FAILED', 'the transaction is doomed by an earlier error; roll it back')],
]);

/**
 * Logins that were refused for a while, by text: a pool that is not ours hides the number. What is not
 * among them is taken for final, so that a wrong password locks nobody out.
 */
export const passingLogin: RegExp =
  /not currently available|currently not accessible|upgrade mode|Cannot process|error processing your request|currently busy|warming up/;

export const LOGIN_REFUSED_FOR_A_WHILE: FaultMeaning = again('IDEM_STORE_UNAVAILABLE', MOVED);

/** Babelfish gives this number to every PostgreSQL error that has none in SQL Server. */
export const BABELFISH_UNNUMBERED = 33_557_097;

/** What such an error is, told by its text: PostgreSQL, "Error codes" and the messages in its sources. */
export const babelfishErrors: readonly (readonly [RegExp, FaultMeaning])[] = [
  [/does not exist/, final('IDEM_SCHEMA_MISSING', NO_SCHEMA)],
  [
    /could not serialize access|deadlock detected|due to lock timeout/,
    again('IDEM_STORE_BUSY', 'it met a concurrent change; try again'),
  ],
  [
    /terminating connection|is starting up|is shutting down|in recovery mode|accepting connections/,
    again('IDEM_STORE_UNAVAILABLE', MOVED),
  ],
  [/too many clients|remaining connection slots|out of memory/, again('IDEM_STORE_BUSY', LIMITED)],
  [/No space left|could not extend file/, final('IDEM_STORE_FULL', NO_ROOM)],
  [/permission denied/, final('IDEM_STORE_FAILED', GRANT)],
  [
    /due to user request|due to statement timeout/,
    again('IDEM_STORE_TIMEOUT', 'the statement was cancelled; try again'),
  ],
];
