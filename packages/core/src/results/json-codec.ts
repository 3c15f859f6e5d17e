import type { Codec, CodecContext } from './codec.ts';
import { type Fresh, trusted } from './fresh.ts';
import { plainCopy } from './plain.ts';

/**
 * JSON (RFC 8259), with `undefined` as no bytes at all.
 *
 * What JSON gives in another form is given so to the first caller too: a Date as its ISO string, a
 * class instance as a plain object of its own enumerable fields, what has `toJSON` as that says, -0
 * as 0, fields that are undefined not at all, undefined in a list as null.
 *
 * What JSON would lose without a word is refused with a TypeError that says where it is
 * (`result.lines[3].price`): NaN and the infinities, BigInt, functions and symbols, maps, sets,
 * binary data, promises, regular expressions, errors, streams, holes in lists, cycles, and instances
 * without a field that JSON sees, such as a Response, Headers, FormData, URLSearchParams, a Blob, a
 * generator, or a class that keeps everything in private fields. Private fields beside public ones
 * cannot be seen, and are left out: give such a class a `toJSON`.
 */
export const jsonCodec: Codec = Object.freeze({
  encode(value: unknown, context: CodecContext): Uint8Array {
    return encoder.encode(encodeJson(value, context).payload);
  },
  decode(bytes: Uint8Array): unknown {
    return bytes.byteLength === 0 ? undefined : JSON.parse(textOfJson(bytes));
  },
});

trusted.set(jsonCodec, encodeJson);

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Throws a TypeError for what is not UTF-8. */
export function textOfJson(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

export function encodeJson(
  value: unknown,
  { kind }: CodecContext,
): Fresh & { readonly payload: string } {
  const plain = plainCopy(value, kind === 'error' ? 'error' : 'result');
  const text: string | undefined = JSON.stringify(plain);
  if (text === undefined) return { payload: '', decoded: undefined };
  // With a toJSON on the prototype of everything, not even the copy is written as it is.
  return { payload: text, decoded: 'toJSON' in [] ? JSON.parse(text) : plain };
}
