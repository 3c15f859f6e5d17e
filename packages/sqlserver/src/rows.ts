import type { ClaimResult } from '@idem/core';
import { IdempotencyError } from '@idem/core';
import { show } from '@idem/core/adapter';
import { checksumOf } from './parameters.ts';

/** A row as the driver gives it: what the procedures name their columns, of types not yet known. */
export interface Row {
  readonly outcome?: unknown;
  readonly fence?: unknown;
  readonly takeover?: unknown;
  readonly remaining?: unknown;
  readonly fingerprint?: unknown;
  readonly value?: unknown;
  readonly crc32?: unknown;
  readonly deleted?: unknown;
}

/** Another caller was in between; the operation changed nothing and is sent again. */
export class Raced extends Error {
  constructor() {
    super('another caller changed the row between the read and the write');
  }
}

/** The single row that every procedure answers; `raced` and `corrupt` throw. */
export function outcomeOf(rows: readonly Row[], key: string): { outcome: string; row: Row } {
  const row = rows[0];
  const outcome = row?.outcome;
  if (row === undefined || outcome === 'raced') throw new Raced();
  if (outcome === 'corrupt') throw corrupt(key, 'its columns do not fit together');
  if (typeof outcome !== 'string') throw corrupt(key, `the server answered ${show(outcome)}`);
  return { outcome, row };
}

export function claimResultOf(rows: readonly Row[], key: string): ClaimResult {
  const { outcome, row } = outcomeOf(rows, key);
  switch (outcome) {
    case 'acquired':
      return {
        outcome,
        fence: wholeNumber(row, 'fence', key),
        takeover: wholeNumber(row, 'takeover', key) === 1,
      };
    case 'in-progress':
      return {
        outcome,
        fingerprint: fingerprintOf(row, key),
        leaseRemaining: Math.max(1, wholeNumber(row, 'remaining', key)),
      };
    case 'completed':
      return { outcome, value: recordedValue(row, key), fingerprint: fingerprintOf(row, key) };
    default:
      throw corrupt(key, `the server answered ${show(outcome)}`);
  }
}

/** The value, checked against its checksum, in memory that belongs to the caller. */
export function recordedValue(row: Row, key: string): Uint8Array {
  const value = row.value;
  if (!(value instanceof Uint8Array)) throw corrupt(key, 'it has no value');
  if (checksumOf(value) !== row.crc32) {
    throw corrupt(key, 'its value does not match its checksum');
  }
  // What came in one packet is a view of the driver's buffer; what came in many is a buffer of its own.
  const whole = value.buffer.byteLength === value.byteLength;
  return whole ? new Uint8Array(value.buffer) : new Uint8Array(value);
}

function fingerprintOf(row: Row, key: string): string | null {
  const fingerprint = row.fingerprint;
  if (typeof fingerprint === 'string' || fingerprint === null) return fingerprint;
  throw corrupt(key, `its fingerprint is ${show(fingerprint)}`);
}

/** BIGINT comes as a string, INT as a number. */
function wholeNumber(row: Row, column: keyof Row, key: string): number {
  const number = Number(row[column]);
  if (Number.isSafeInteger(number)) return number;
  throw corrupt(key, `its ${column} is ${show(row[column])}`);
}

function corrupt(key: string, why: string): IdempotencyError {
  return new IdempotencyError(
    'IDEM_RECORD_CORRUPT',
    `The record at key ${show(key)} was not written by this library or is damaged: ${why}. Look at its row; remove(key) makes the key vacant.`,
  );
}
