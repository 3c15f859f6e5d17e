import { types } from 'node:util';
import type { Codec, CodecContext } from './codec.ts';

/** What a codec made of a value, and what it will give to every reader of that. */
export interface Fresh {
  /** Text stands for its UTF-8. */
  readonly payload: Uint8Array | string;
  readonly decoded: unknown;
}

type Shortcut = (value: unknown, context: CodecContext) => Fresh | Promise<Fresh>;

/**
 * Codecs that know without reading what their bytes will be read as, and that keep nothing of the
 * bytes they read. By identity: a codec made from one of them, by spreading it, has its own functions
 * and none of this.
 */
const shortcuts = new WeakMap<Codec, Shortcut>();

/** For the codecs of this package, right beside where each is made. */
export function knowsShortcut(codec: Codec, shortcut: Shortcut): void {
  shortcuts.set(codec, shortcut);
}

/** Encodes a value and gives it as every reader will get it. What the codec throws is thrown. */
export function encodeFresh(
  codec: Codec,
  value: unknown,
  context: CodecContext,
): Fresh | Promise<Fresh> {
  const shortcut = shortcuts.get(codec);
  if (shortcut !== undefined) return shortcut(value, context);
  const payload = codec.encode(value, context);
  return isPromiseLike(payload)
    ? Promise.resolve(payload).then((bytes) => readBack(codec, bytes, context))
    : readBack(codec, payload, context);
}

/** Decodes bytes that others have too: a codec of the user's gets a copy, and may keep or change it. */
export function decodeCopy(codec: Codec, bytes: Uint8Array, context: CodecContext): unknown {
  return codec.decode(shortcuts.has(codec) ? bytes : new Uint8Array(bytes), context);
}

export function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  );
}

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
