/**
 * How a claim is answered in one value of bytes, as the function writes it and `claimOf` reads it: a
 * letter, a whole number of eight bytes, and what belongs to the letter.
 *
 * - `a`, acquired: the fence; `t` or `f` for the takeover
 * - `p`, in progress: milliseconds that are left of the lease; the fingerprint
 * - `c`, completed: the checksum; the fingerprint, a zero byte, the value
 * - `x`, corrupt, and `r`, raced: nothing else
 *
 * No text of the database holds a zero byte, and no fingerprint is empty but one that is not there.
 */
export const LETTER = { acquired: 'a', inProgress: 'p', completed: 'c', corrupt: 'x', raced: 'r' };

/** Answers of a letter alone, as SQL. */
export const ANSWER = {
  corrupt: `'${LETTER.corrupt}'::bytea`,
  raced: `'${LETTER.raced}'::bytea`,
} as const;

/** Without a condition nobody was displaced. */
export function acquired(fence: string, takeover?: string): string {
  const displaced =
    takeover === undefined ? "'f'" : `CASE WHEN ${takeover} THEN 't'::bytea ELSE 'f' END`;
  return `${head(LETTER.acquired, fence)} || ${displaced}`;
}

/** `row` holds the fingerprint. */
export function inProgress(remaining: string, row: string): string {
  return `${head(LETTER.inProgress, remaining)} || ${fingerprintOf(row)}`;
}

/** What stands before the value; `row` holds the checksum and the fingerprint. */
export function completed(row: string): string {
  return `${head(LETTER.completed, `${row}.value_crc32`)} || ${fingerprintOf(row)} || decode('00', 'hex')`;
}

function head(letter: string, number: string): string {
  return `'${letter}'::bytea || int8send(${number})`;
}

function fingerprintOf(row: string): string {
  return `coalesce(convert_to(${row}.fingerprint, 'UTF8'), '')`;
}
