/*
 * An operator or a function is found by the types of its arguments, and one in any schema of the
 * session's search_path that takes exactly those is preferred to PostgreSQL's own that takes others:
 * whoever may create something there would have it run with the rights of the store. So arguments are
 * of the types that PostgreSQL's own take, and where those are of no type or of any, its schema is named.
 */

/** The largest whole number that JavaScript keeps exactly: 2^53 - 1. */
const LARGEST_FENCE = '9007199254740991';

/** True for a row that this library can have written; `r` is the row. */
export const sound: string = `(r.fence BETWEEN 0 AND ${LARGEST_FENCE} AND isfinite(r.ends_at) AND CASE r.state
  WHEN 'completed' THEN r.value IS NOT NULL AND r.value_crc32 IS NOT NULL AND coalesce(octet_length(r.token_hash), 32) = 32 AND r.fingerprint IS DISTINCT FROM ''
  WHEN 'claimed' THEN octet_length(r.token_hash) = 32 AND r.value IS NULL AND r.value_crc32 IS NULL AND r.fingerprint IS DISTINCT FROM ''
  WHEN 'vacant' THEN r.value IS NULL AND r.value_crc32 IS NULL AND r.fingerprint IS NULL
  ELSE false END) IS TRUE`;

/**
 * What `sound` asks of what is completed or claimed and has not ended at that clock, in fewer words:
 * every node of an expression is set up anew in each call.
 */
function soundUntil(clock: string): string {
  return `r.ends_at > ${clock} AND r.ends_at < 'infinity' AND r.fence BETWEEN 0 AND ${LARGEST_FENCE} AND r.fingerprint IS DISTINCT FROM '' AND coalesce(octet_length(r.token_hash), 32) = 32`;
}

/** True for a sound row that is completed, or claimed by another token, and has not ended at that clock. */
export function isTold(token: string, clock: string): string {
  return `${soundUntil(clock)} AND (r.state = 'completed' AND r.value IS NOT NULL AND r.value_crc32 IS NOT NULL OR r.state = 'claimed' AND r.token_hash <> ${token} AND r.value IS NULL AND r.value_crc32 IS NULL)`;
}

/** True for a sound row that is claimed by this token, and has not ended at that clock. */
export function isHeld(token: string, clock: string): string {
  return `${soundUntil(clock)} AND r.state = 'claimed' AND r.token_hash = ${token} AND r.value IS NULL AND r.value_crc32 IS NULL`;
}

/** An instant in whole microseconds since 1970. */
export function micros(instant: string): string {
  return `(extract(epoch FROM ${instant}) * 1000000::numeric)::bigint`;
}

/** Whole milliseconds from one instant to a later one, rounded up; nothing of one that is infinite, as in a damaged row. */
export function millisUntil(later: string, now: string): string {
  return `CASE WHEN isfinite(${later}) THEN ${soundMillisUntil(later, now)} END`;
}

/** The same of a row that is sound. */
export function soundMillisUntil(later: string, now: string): string {
  return `ceil(extract(epoch FROM ${later} - ${now}) * 1000::numeric)::bigint`;
}

/** Which transaction this is, on which connection: no two have the same start there. */
export const TRANSACTION = "pg_catalog.concat(pg_backend_pid(), '/', extract(epoch FROM now()))";

/** The same of a session in `pg_stat_activity`. */
export function transactionOf(activity: string): string {
  return `pg_catalog.concat(${activity}.pid, '/', extract(epoch FROM ${activity}.xact_start))`;
}

/**
 * After a write that must have found its row. What keeps it away is a trigger, a rule or a policy that
 * somebody put on the table; without this it would be told as done.
 */
export const WRITTEN = "IF NOT FOUND THEN RAISE EXCEPTION SQLSTATE 'IDM02'; END IF;";

/**
 * Before a write that belongs to no transaction of the user's. By itself it is one that has just begun;
 * one that began long before is somebody's who gave the connection back with it open, and what is
 * written there is never committed.
 */
export const BY_ITSELF =
  "IF statement_timestamp() > now() + interval '1 second' THEN RAISE EXCEPTION SQLSTATE 'IDM03'; END IF;";

/** So many milliseconds, a parameter of a function, as an interval. */
export function lasting(parameter: string): string {
  return `${parameter}::double precision * interval '1 ms'`;
}

/** A write that took longer may have waited for somebody's transaction: what it recorded lives from then. */
export const MOMENT = "interval '10 milliseconds'";

/**
 * After a write that set `ends_at` by the clock as it was before: counts anew, where it waited. What was
 * inserted waits for whoever has inserted the same key and has not ended yet.
 */
export function countFromNow(quotedTable: string, duration: string): string {
  return `IF clock_timestamp() > v_now + ${MOMENT} THEN
        UPDATE ${quotedTable} r SET ends_at = clock_timestamp() + ${lasting(duration)} WHERE r.key = p_key;
        ${WRITTEN}
      END IF;`;
}
