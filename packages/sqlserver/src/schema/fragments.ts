/** The largest whole number that JavaScript keeps exactly: 2^53 - 1. */
const LARGEST_FENCE = '9007199254740991';

/** The clock, read once: every judgement of one operation is by the same instant. */
export const declareNow = 'DECLARE @Now DATETIME2(7) = SYSUTCDATETIME();';

/** An instant from a duration that came in two parts, because DATEADD takes no number above 2^31. */
export function after(duration: 'Lease' | 'Ttl', start = '@Now'): string {
  return `DATEADD(MILLISECOND, @${duration}Milliseconds, DATEADD(DAY, @${duration}Days, ${start}))`;
}

/**
 * Microseconds that a statement may take before it counts as one that has waited. A write that waits for
 * nobody ends when the log is written, which takes some milliseconds where it goes to another machine as
 * well: it must not be written twice each time. Who holds a lease counts it from the sending, which was
 * earlier still.
 */
const WAITED = 50_000;

/** When the clock was read the first time; for `countFromNow`. */
export const declareSent = 'DECLARE @Sent DATETIME2(7) = @Now;';

interface Written {
  readonly duration: 'Lease' | 'Ttl';
  /** What tells the row that was written from what others may have made of it since. */
  readonly as: string;
  /** What is done where others have. */
  readonly overtaken?: string;
}

/**
 * After a statement that set `EndsAt` and had to wait for the row, as for somebody's open transaction:
 * the lease or the ttl counts from now. Counted from before the wait it may be over already.
 */
export function countFromNow(table: string, { duration, as, overtaken }: Written): string {
  const check = overtaken === undefined ? '' : `\n      IF @@ROWCOUNT = 0 ${overtaken}`;
  return `SET @Now = SYSUTCDATETIME();
    IF DATEDIFF_BIG(MICROSECOND, @Sent, @Now) > ${WAITED}
    BEGIN
      UPDATE ${table} SET EndsAt = ${after(duration)}
      WHERE KeyHash = @KeyHash AND ${as} AND EndsAt = ${after(duration, '@Sent')};${check}
    END;`;
}

/** The claim is this token's, which nobody has displaced since. */
export const leaseFromNow = (table: string): string =>
  countFromNow(table, {
    duration: 'Lease',
    as: "State = 'claimed' AND TokenHash = @TokenHash",
    overtaken: "BEGIN SELECT 'raced' AS outcome; RETURN; END;",
  });

/** True for a row that this library can have written. */
export const sound: string = `Fence BETWEEN 0 AND ${LARGEST_FENCE} AND (
    State = 'vacant'
    OR (State = 'claimed' AND TokenHash IS NOT NULL)
    OR (State = 'completed' AND Value IS NOT NULL AND ValueCrc32 IS NOT NULL)
  )`;

/** The row is a claim that this token holds, and will until `end` at least. */
export const heldUntil = (end: string): string =>
  `KeyHash = @KeyHash AND State = 'claimed' AND TokenHash = @TokenHash AND EndsAt >= ${end} AND ${sound}`;

/** Which part of the purge index a key belongs to. */
export function shardOf(shards: number): string {
  return `CAST(SUBSTRING(@KeyHash, 1, 1) AS INT) % ${shards}`;
}

/** What a statement that changed no row found instead; one row, always. */
export function explain(table: string, cases: readonly string[], otherwise: string): string {
  return `DECLARE @Outcome VARCHAR(16);
  SELECT @Outcome = CASE
    WHEN NOT (${sound}) THEN 'corrupt'
    ${cases.join('\n    ')}
    ELSE '${otherwise}'
  END FROM ${table} WHERE KeyHash = @KeyHash;
  SELECT ISNULL(@Outcome, '${otherwise}') AS outcome;`;
}
