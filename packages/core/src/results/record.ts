import { MAX_VALUE_BYTES } from '../contract/limits.ts';
import type { Codec, CodecContext } from './codec.ts';
import { seal, unseal } from './envelope.ts';
import { decodeCopy, encodeFresh, type Fresh, isPromiseLike } from './fresh.ts';
import { describeError, keepUnrecorded, reviveError } from './recorded-error.ts';
import { undecodable, unencodable } from './result-errors.ts';

/** What a record says to whoever asks. */
export type Reading =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'error'; readonly error: unknown };

/** The bytes of a record, and what is read from them. */
export interface EncodedRecord {
  readonly bytes: Uint8Array;
  /**
   * For the call that executed: what every reader will see, and in an error what is not recorded of
   * it (the stack; the result that was refused). Others get what `readRecord` says.
   */
  readonly reading: Reading;
}

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
    const fresh = encodeFresh(codec, value, context);
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
    const fresh = encodeFresh(codec, describeError(thrown), context);
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
  const { kind, payload } = unseal(key, bytes);
  const context: CodecContext = { key, kind };
  try {
    const decoded = decodeCopy(codec, payload, context);
    if (!isPromiseLike(decoded)) return toReading(context, decoded);
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
  const bytes = seal(context.kind, payload);
  if (bytes.byteLength > MAX_VALUE_BYTES) {
    throw new RangeError(
      `The result takes ${bytes.byteLength} bytes, more than 16 MiB; return a reference to it.`,
    );
  }
  return { bytes, reading: toReading(context, decoded) };
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
