import { IdempotencyError } from '../contract/errors.ts';
import { MAX_VALUE_BYTES } from '../contract/limits.ts';
import { isPromiseLike } from '../support/is-promise-like.ts';
import { show } from '../support/show.ts';
import type { Codec, CodecContext } from './codec.ts';
import { encodeAndRead, type Fresh, trusted } from './fresh.ts';
import { describeError, keepUnrecorded, reviveError } from './recorded-error.ts';
import { undecodable, unencodable } from './result-errors.ts';

/** What a record says to whoever asks. */
export type Reading =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'error'; readonly error: unknown };

/** The bytes of a record, and what is read from them. */
export interface EncodedRecord {
  /** Text of the header and, where the codec made text, all of it, as UTF-8. */
  readonly bytes: Uint8Array;
  /**
   * For the call that executed: what every reader will see, and in an error what is not recorded of
   * it (the stack; the result that was refused). Others get what `readRecord` says.
   */
  readonly reading: Reading;
}

/** What a record begins with: readable for an operator, and nothing else's bytes by chance. */
const HEADERS: Readonly<Record<CodecContext['kind'], string>> = {
  value: 'idem1:value:',
  error: 'idem1:error:',
};
const HEADER_BYTES = HEADERS.value.length;

/*
 * A codec that is synchronous costs no turn: these give their answer at once, or throw, where it is,
 * and a promise only where the codec gave one.
 */

/**
 * Encodes what a function returned. Throws, or rejects with, `IDEM_RESULT_UNENCODABLE` (with the
 * `value` as it was) where the codec refuses, or above 16 MiB, and nothing else.
 */
export function encodeValue(
  codec: Codec,
  key: string,
  value: unknown,
): EncodedRecord | Promise<EncodedRecord> {
  const context: CodecContext = { key, kind: 'value' };
  try {
    const encode = trusted.get(codec) ?? encodeAndRead;
    const fresh = encode(value, context, codec);
    if (!isPromiseLike(fresh)) return toRecord(context, fresh);
    return fresh
      .then((made) => toRecord(context, made))
      .catch((cause: unknown) => {
        throw unencodable(context, value, cause);
      });
  } catch (cause) {
    throw unencodable(context, value, cause);
  }
}

/**
 * Encodes what a function threw, as it will be thrown again. Throws, or rejects with,
 * `IDEM_RESULT_UNENCODABLE` (with `thrown`) as `encodeValue` does, and nothing else, whatever was
 * thrown.
 */
export function encodeError(
  codec: Codec,
  key: string,
  thrown: unknown,
): EncodedRecord | Promise<EncodedRecord> {
  const context: CodecContext = { key, kind: 'error' };
  try {
    const encode = trusted.get(codec) ?? encodeAndRead;
    const fresh = encode(describeError(thrown), context, codec);
    if (!isPromiseLike(fresh)) return toFirstCaller(toRecord(context, fresh), thrown);
    return fresh
      .then((made) => toFirstCaller(toRecord(context, made), thrown))
      .catch((cause: unknown) => {
        throw unencodable(context, thrown, cause);
      });
  } catch (cause) {
    throw unencodable(context, thrown, cause);
  }
}

/** Reads a record. Throws, or rejects with, `IDEM_RESULT_UNDECODABLE` when this executor, codec or key did not write it. */
export function readRecord(
  codec: Codec,
  key: string,
  bytes: Uint8Array,
): Reading | Promise<Reading> {
  const kind = kindOf(bytes);
  if (kind === undefined) throw notOurs(key, bytes);
  const context: CodecContext = { key, kind };
  try {
    // Others have these bytes too: a codec of the user's gets a copy, and may keep or change it.
    const payload = bytes.subarray(HEADER_BYTES);
    const decoded = codec.decode(trusted.has(codec) ? payload : new Uint8Array(payload), context);
    if (!isPromiseLike(decoded)) {
      return kind === 'value' ? { kind, value: decoded } : toReading(context, decoded);
    }
    return Promise.resolve(decoded)
      .then((value) => toReading(context, value))
      .catch((cause: unknown) => {
        throw undecodable(key, cause);
      });
  } catch (cause) {
    throw undecodable(key, cause);
  }
}

function toRecord(context: CodecContext, { payload, decoded }: Fresh): EncodedRecord {
  const bytes = seal(HEADERS[context.kind], payload);
  if (bytes.byteLength > MAX_VALUE_BYTES) {
    throw new RangeError(
      `The result takes ${bytes.byteLength} bytes, more than 16 MiB; return a reference to it.`,
    );
  }
  return { bytes, reading: toReading(context, decoded) };
}

/**
 * A small record is a view of Node's buffer pool: memory of its own takes eight times as long, and a
 * store copies what it keeps (the contract has a rule for views).
 */
function seal(header: string, payload: Uint8Array | string): Uint8Array {
  if (typeof payload === 'string') return Buffer.from(header + payload);
  const record = Buffer.allocUnsafe(HEADER_BYTES + payload.byteLength);
  record.write(header, 'latin1');
  record.set(payload, HEADER_BYTES);
  return record;
}

function toReading({ key, kind }: CodecContext, decoded: unknown): Reading {
  if (kind === 'value') return { kind, value: decoded };
  const revived = reviveError(decoded);
  if (revived === undefined) throw undecodable(key, undefined);
  return { kind, error: revived.thrown };
}

function toFirstCaller(record: EncodedRecord, thrown: unknown): EncodedRecord {
  if (record.reading.kind === 'error') keepUnrecorded(thrown, record.reading.error);
  return record;
}

function kindOf(record: Uint8Array): CodecContext['kind'] | undefined {
  if (beginsWith(record, HEADERS.value)) return 'value';
  return beginsWith(record, HEADERS.error) ? 'error' : undefined;
}

function beginsWith(record: Uint8Array, header: string): boolean {
  for (let at = 0; at < HEADER_BYTES; at++) {
    if (record[at] !== header.charCodeAt(at)) return false;
  }
  return true;
}

/** No executor wrote it, or a newer one did. */
function notOurs(key: string, record: Uint8Array): IdempotencyError {
  const newer = /^idem\d+:/.test(Buffer.from(record.subarray(0, 16)).toString('latin1'));
  return new IdempotencyError(
    'IDEM_RESULT_UNDECODABLE',
    `The record at ${show(key)} ${newer ? 'was written in a form this version does not know; update @idem/core' : 'was not written by the executor; remove it, or use another key or scope'}.`,
    { key },
  );
}
