import { IdempotencyError } from '../contract/errors.ts';
import { show } from '../support/show.ts';
import type { CodecContext } from './codec.ts';

type Kind = CodecContext['kind'];

/** What a record of the executor begins with: readable for an operator, and nothing else's bytes by chance. */
const HEADERS: Readonly<Record<Kind, string>> = { value: 'idem1:value:', error: 'idem1:error:' };
const HEADER_BYTES = HEADERS.value.length;

/**
 * The bytes of a record: `idem1:value:` or `idem1:error:`, and what the codec made; text as its UTF-8.
 *
 * A small record is a view of Node's buffer pool: memory of its own takes eight times as long, and a
 * store copies what it keeps (the contract has a rule for views).
 */
export function seal(kind: Kind, payload: Uint8Array | string): Uint8Array {
  const header = HEADERS[kind];
  if (typeof payload === 'string') return Buffer.from(header + payload);
  const record = Buffer.allocUnsafe(HEADER_BYTES + payload.byteLength);
  record.write(header, 'latin1');
  record.set(payload, HEADER_BYTES);
  return record;
}

/**
 * What the codec made, as a view of the record. Refuses, with `IDEM_RESULT_UNDECODABLE`, a record
 * that no executor, or a newer one, wrote.
 */
export function unseal(key: string, record: Uint8Array): { kind: Kind; payload: Uint8Array } {
  if (beginsWith(record, HEADERS.value)) {
    return { kind: 'value', payload: record.subarray(HEADER_BYTES) };
  }
  if (beginsWith(record, HEADERS.error)) {
    return { kind: 'error', payload: record.subarray(HEADER_BYTES) };
  }
  const newer = /^idem\d+:/.test(Buffer.from(record.subarray(0, 16)).toString('latin1'));
  throw new IdempotencyError(
    'IDEM_RESULT_UNDECODABLE',
    `The record at ${show(key)} ${newer ? 'was written in a form this version does not know; update @idem/core' : 'was not written by the executor; remove it, or use another key or scope'}.`,
    { key },
  );
}

function beginsWith(record: Uint8Array, header: string): boolean {
  for (let at = 0; at < HEADER_BYTES; at++) {
    if (record[at] !== header.charCodeAt(at)) return false;
  }
  return true;
}
