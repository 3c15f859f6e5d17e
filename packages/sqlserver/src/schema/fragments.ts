/** The largest whole number that JavaScript keeps exactly: 2^53 - 1. */
const LARGEST_FENCE = '9007199254740991';

/** The clock, read once: every judgement of one operation is by the same instant. */
export const declareNow = 'DECLARE @Now DATETIME2(7) = SYSUTCDATETIME();';

/** An instant from a duration that came in two parts, because DATEADD takes no number above 2^31. */
export function after(duration: 'Lease' | 'Ttl'): string {
  return `DATEADD(MILLISECOND, @${duration}Milliseconds, DATEADD(DAY, @${duration}Days, @Now))`;
}

/** True for a row that this library can have written. */
export const sound: string = `Fence BETWEEN 0 AND ${LARGEST_FENCE} AND (
    State = 'vacant'
    OR (State = 'claimed' AND TokenHash IS NOT NULL)
    OR (State = 'completed' AND Value IS NOT NULL AND ValueCrc32 IS NOT NULL)
  )`;

/** The row is a claim that this token holds. */
export const held: string = `KeyHash = @KeyHash AND State = 'claimed' AND TokenHash = @TokenHash AND EndsAt >= @Now AND ${sound}`;

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
