import { types } from 'node:util';
import { isPromiseLike } from '../support/is-promise-like.ts';
import type { Codec, CodecContext } from './codec.ts';

/** What a codec made of a value, and what it will give to every reader of that. */
export interface Fresh {
  /** Text stands for its UTF-8. */
  readonly payload: Uint8Array | string;
  readonly decoded: unknown;
}

/** Encodes a value and gives it as every reader will get it. What the codec throws is thrown. */
export type Encoder = (
  value: unknown,
  context: CodecContext,
  codec: Codec,
) => Fresh | Promise<Fresh>;

/**
 * Codecs that know without reading what their bytes will be read as, and that keep nothing of the
 * bytes they read; each is put here right beside where it is made. By identity: a codec made from one
 * of them, by spreading it, has its own functions and none of this.
 */
export const trusted: WeakMap<Codec, Encoder> = new WeakMap();

/** For every other codec. */
export const encodeAndRead: Encoder = (value, context, codec) => {
  const payload = codec.encode(value, context);
  return isPromiseLike(payload)
    ? Promise.resolve(payload).then((bytes) => readBack(codec, bytes, context))
    : readBack(codec, payload, context);
};

function readBack(codec: Codec, made: unknown, context: CodecContext): Fresh | Promise<Fresh> {
  if (!types.isUint8Array(made)) {
    throw new TypeError(`The codec must encode to a Uint8Array, not to ${typeof made}.`);
  }
  // Copied before the codec sees it again, so that what is recorded is what was read.
  const payload = new Uint8Array(made);
  const decoded = codec.decode(new Uint8Array(made), context);
  return isPromiseLike(decoded)
    ? Promise.resolve(decoded).then((value) => ({ payload, decoded: value }))
    : { payload, decoded };
}
