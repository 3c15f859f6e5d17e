import { isTold, millisUntil, sound, TRANSACTION } from '../schema/fragments.ts';
import { claim as claimFunction } from '../schema/functions/claim.ts';
import { told } from '../schema/functions/claim-answer.ts';
import { argumentsOf } from '../schema/functions/function.ts';
import type { Names } from '../schema/names.ts';

/** How parameters are written, counted from 1. */
type Placeholder = (n: number) => string;

/**
 * The clock that a row is judged by which was read without a lock: one from before the statement's
 * snapshot. A later one would find a row ended that was renewed after the snapshot was taken.
 *
 * By itself a statement is a transaction, which begins before its snapshot. In a transaction of the
 * user's `now()` may be long past.
 */
export type ReadClock = 'now()' | 'statement_timestamp()';

const live = (clock: ReadClock): string => `r.state = 'completed' AND r.ends_at > ${clock}`;

/** `find`: no row, or one that says what it is and, when it is live and completed, its value. */
export function find({ quotedTable }: Names, $: Placeholder, clock: ReadClock): string {
  return `SELECT CASE WHEN NOT ${sound} THEN 'corrupt' WHEN ${live(clock)} THEN 'completed' ELSE 'absent' END AS outcome,
  CASE WHEN ${live(clock)} THEN r.value END AS value, r.value_crc32 AS crc32
FROM ${quotedTable} r WHERE r.key = ${$(1)}`;
}

/** `exists`: as `find`, without reading the value. */
export function exists({ quotedTable }: Names, $: Placeholder, clock: ReadClock): string {
  return `SELECT CASE WHEN NOT ${sound} THEN 'corrupt' WHEN ${live(clock)} THEN 'completed' ELSE 'absent' END AS outcome
FROM ${quotedTable} r WHERE r.key = ${$(1)}`;
}

/**
 * `inspect`: no row, or what it is, without its value. A fence is the clock of its claim in
 * microseconds, or a little more where that clock stood still or stepped back; then the claim is told
 * to have been held for no time, never for less.
 */
export function inspect({ quotedTable }: Names, $: Placeholder, clock: ReadClock): string {
  return `SELECT CASE
    WHEN NOT ${sound} THEN 'corrupt'
    WHEN r.state = 'vacant' THEN 'vacant'
    WHEN r.ends_at > ${clock} THEN r.state
    WHEN r.state = 'claimed' THEN 'lapsed'
    ELSE 'vacant'
  END AS outcome,
  r.fence, r.takeover, r.fingerprint,
  floor(extract(epoch FROM ${clock}) * 1000::numeric - r.fence::numeric / 1000::numeric)::bigint AS "heldFor",
  ${millisUntil('r.ends_at', clock)} AS remaining
FROM ${quotedTable} r WHERE r.key = ${$(1)}`;
}

/**
 * `claim`: what somebody else holds, or has completed, is told as any reader sees it, which locks and
 * writes nothing: a replay costs what a SELECT does. The function is called only where there is no
 * such row, because `coalesce` evaluates no more than it needs (PostgreSQL, "COALESCE").
 *
 * It answers one value, because each column costs the client about as much as the server takes to find
 * a row.
 */
export function claim(names: Names, $: Placeholder): string {
  const row = `SELECT ${told} FROM ${names.quotedTable} AS r WHERE r.key = ${$(1)} AND ${isTold($(2), 'now()')}`;
  const sent = argumentsOf(claimFunction.parameters, $);
  return `SELECT coalesce((${row}), ${names.function(claimFunction.name)}(${sent})) AS outcome`;
}

/** Which transaction a connection is in. */
export const whichTransaction: string = `SELECT ${TRANSACTION} AS o_transaction`;
