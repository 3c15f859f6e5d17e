import { IdempotencyError } from '../contract/errors.ts';
import type { Inspection } from '../contract/inspection.ts';
import type { ClaimResult } from '../contract/store.ts';
import { show } from '../support/show.ts';
import { checksumOf } from './bytes.ts';
import type { SqlRow } from './channel.ts';

/** Another caller was in between; the operation changed nothing and is sent again. */
export class Raced extends Error {
  constructor() {
    super('another caller changed the row between the read and the write');
  }
}

/** The single row that every statement answers; `raced`, `corrupt` and `no-transaction` throw. */
export function outcomeOf(rows: readonly SqlRow[], key: string): { outcome: string; row: SqlRow } {
  const row = rows[0];
  const outcome = row?.['outcome'];
  if (row === undefined || outcome === 'raced') throw new Raced();
  if (outcome === 'corrupt') throw corrupt(key, 'its columns do not fit together');
  if (outcome === 'no-transaction') throw noTransaction();
  if (typeof outcome !== 'string') throw corrupt(key, `the server answered ${show(outcome)}`);
  return { outcome, row };
}

export function claimResultOf(rows: readonly SqlRow[], key: string): ClaimResult {
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

export function inspectionOf(rows: readonly SqlRow[], key: string): Inspection {
  if (rows.length === 0) return { state: 'vacant', takeover: false };
  const { outcome, row } = outcomeOf(rows, key);
  switch (outcome) {
    case 'vacant':
    case 'lapsed':
      return { state: 'vacant', takeover: outcome === 'lapsed' };
    case 'claimed':
      return {
        state: outcome,
        fence: wholeNumber(row, 'fence', key),
        takeover: wholeNumber(row, 'takeover', key) === 1,
        fingerprint: fingerprintOf(row, key),
        heldFor: Math.max(0, wholeNumber(row, 'heldFor', key)),
        leaseRemaining: Math.max(1, wholeNumber(row, 'remaining', key)),
      };
    case 'completed':
      return {
        state: outcome,
        fingerprint: fingerprintOf(row, key),
        ttlRemaining: Math.max(1, wholeNumber(row, 'remaining', key)),
      };
    default:
      throw corrupt(key, `the server answered ${show(outcome)}`);
  }
}

/** The value, checked against its checksum, in memory that belongs to the caller. */
export function recordedValue(row: SqlRow, key: string): Uint8Array {
  const value = row['value'];
  if (!(value instanceof Uint8Array)) throw corrupt(key, 'it has no value');
  if (checksumOf(value) !== row['crc32']) {
    throw corrupt(key, 'its value does not match its checksum');
  }
  // What came in one packet is a view of the driver's buffer; what came in many is a buffer of its own.
  const whole = value.buffer.byteLength === value.byteLength;
  return whole ? new Uint8Array(value.buffer) : new Uint8Array(value);
}

function fingerprintOf(row: SqlRow, key: string): string | null {
  const fingerprint = row['fingerprint'];
  if (typeof fingerprint === 'string' || fingerprint === null) return fingerprint;
  throw corrupt(key, `its fingerprint is ${show(fingerprint)}`);
}

/** BIGINT comes as a string, a number or a bigint; INT as a number; a truth as 0 and 1, or as one. */
export function wholeNumber(row: SqlRow, column: string, key: string): number {
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

function noTransaction(): IdempotencyError {
  return new IdempotencyError(
    'IDEM_STORE_FAILED',
    'The transaction is no longer there: the server rolled it back, as after a deadlock or an error that ends it, or it was ended or never begun, and the error was not passed on. Nothing was recorded; let such an error reject the work, and run the whole of it again.',
    { retryable: true },
  );
}
