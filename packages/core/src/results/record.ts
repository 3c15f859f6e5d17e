import { IdempotencyError, isIdempotencyError } from '../contract/errors.ts';
import { MAX_VALUE_BYTES } from '../contract/limits.ts';
import { isError } from '../support/is-error.ts';
import { show } from '../support/show.ts';
import type { Codec, CodecContext } from './codec.ts';
import { seal, unseal } from './envelope.ts';
import { describeError, reviveError } from './recorded-error.ts';

/** What a record says to whoever asks. */
export type Reading =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'error'; readonly error: unknown };

/** The bytes of a record, and what every reader of them will see. */
export interface EncodedRecord {
  readonly bytes: Uint8Array;
  readonly reading: Reading;
}

/** Encodes what a function returned. Rejects with `IDEM_RESULT_UNENCODABLE` where the codec refuses, or above 16 MiB. */
export async function encodeValue(
  codec: Codec,
  key: string,
  value: unknown,
): Promise<EncodedRecord> {
  return encode(codec, { key, kind: 'value' }, value);
}

/** Encodes what a function threw, as it will be thrown again. Rejects as `encodeValue` does. */
export async function encodeError(
  codec: Codec,
  key: string,
  thrown: unknown,
): Promise<EncodedRecord> {
  const record = await encode(codec, { key, kind: 'error' }, describeError(thrown));
  if (record.reading.kind === 'error') keepStack(thrown, record.reading.error);
  return record;
}

/** Reads a record. Rejects with `IDEM_RESULT_UNDECODABLE` when this executor, codec or key did not write it. */
export async function readRecord(codec: Codec, key: string, bytes: Uint8Array): Promise<Reading> {
  const { kind, payload } = unseal(key, bytes);
  return read(codec, { key, kind }, payload);
}

async function encode(codec: Codec, context: CodecContext, value: unknown): Promise<EncodedRecord> {
  try {
    const payload = await codec.encode(value, context);
    const bytes = seal(context.kind, payload);
    if (bytes.byteLength > MAX_VALUE_BYTES) {
      throw new RangeError(
        `The result takes ${bytes.byteLength} bytes, more than 16 MiB; return a reference to it.`,
      );
    }
    return { bytes, reading: await read(codec, context, new Uint8Array(payload)) };
  } catch (cause) {
    throw unencodable(context.key, cause);
  }
}

async function read(codec: Codec, context: CodecContext, payload: Uint8Array): Promise<Reading> {
  let decoded: unknown;
  try {
    decoded = await codec.decode(payload, context);
  } catch (cause) {
    if (isIdempotencyError(cause, 'IDEM_RESULT_UNDECODABLE')) throw cause;
    throw undecodable(context.key, cause);
  }
  if (context.kind === 'value') return { kind: 'value', value: decoded };
  const revived = reviveError(decoded);
  if (revived === undefined) throw undecodable(context.key, undefined);
  return { kind: 'error', error: revived.thrown };
}

/** The first caller's error has the form of a replay, and still says where it was thrown. */
function keepStack(thrown: unknown, revived: unknown): void {
  if (isError(thrown) && isError(revived) && thrown.stack !== undefined) {
    Object.defineProperty(revived, 'stack', { value: thrown.stack, enumerable: false });
  }
}

function unencodable(key: string, cause: unknown): IdempotencyError {
  const reason = isError(cause) ? cause.message : String(cause);
  return new IdempotencyError(
    'IDEM_RESULT_UNENCODABLE',
    `The function for the idempotency key ${show(key)} was executed, and its result cannot be ` +
      `recorded: ${reason}`,
    { cause },
  );
}

function undecodable(key: string, cause: unknown): IdempotencyError {
  return new IdempotencyError(
    'IDEM_RESULT_UNDECODABLE',
    `The codec cannot read the record at ${show(key)}. It was written with another codec, or it is ` +
      'damaged; nothing was executed. Read it with the codec that wrote it, or remove it.',
    { cause },
  );
}
