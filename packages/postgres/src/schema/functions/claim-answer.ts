import { soundMillisUntil } from '../fragments.ts';

/**
 * How a claim is answered in one value of bytes, as SQL writes it and `claimOf` reads it: a letter, and
 * what belongs to it. Whole numbers take eight bytes.
 *
 * - `a`, acquired: the fence; `t` or `f` for the takeover
 * - `p`, in progress: milliseconds that are left of the lease; the fingerprint; a zero byte
 * - `c`, completed: the checksum; the fingerprint; a zero byte; the value
 * - `x`, corrupt, and `r`, raced: nothing else
 *
 * No text of the database holds a zero byte, and no fingerprint is empty but one that is not there.
 */
export const LETTER = { acquired: 'a', inProgress: 'p', completed: 'c', corrupt: 'x', raced: 'r' };

/** Answers of a letter alone. */
export const ANSWER: Readonly<Record<'corrupt' | 'raced', string>> = {
  corrupt: `'${LETTER.corrupt}'::bytea`,
  raced: `'${LETTER.raced}'::bytea`,
};

/** Without a condition nobody was displaced. */
export function acquired(fence: string, takeover?: string): string {
  const displaced =
    takeover === undefined ? "'f'" : `CASE WHEN ${takeover} THEN 't'::bytea ELSE 'f' END`;
  return `'${LETTER.acquired}'::bytea || int8send(${fence}) || ${displaced}`;
}

/** What a sound row tells, `r`: only what is completed has a value and a checksum. */
export const told: string = `CASE WHEN r.value IS NULL THEN '${LETTER.inProgress}'::bytea ELSE '${LETTER.completed}' END || int8send(coalesce(r.value_crc32, ${soundMillisUntil('r.ends_at', 'clock_timestamp()')})) || ${rest('r')} || coalesce(r.value, '')`;

/** What the row tells that was read into `row`. */
export function inProgress(remaining: string, row: string): string {
  return `'${LETTER.inProgress}'::bytea || int8send(${remaining}) || ${rest(row)}`;
}

function rest(row: string): string {
  return `coalesce(pg_catalog.convert_to(${row}.fingerprint, 'UTF8'), '') || decode('00', 'hex')`;
}
