import type { Codec, CodecContext } from './codec.ts';
import { type Fresh, trusted } from './fresh.ts';
import { encodeJson, textOfJson } from './json-codec.ts';

/**
 * In the options of one call: a codec for it, in place of `jsonCodec` and of no other. For packages
 * that know what their results look like.
 */
export const JSON_OF_CALL: unique symbol = Symbol.for('idem.json-of-call');

export interface CallCodec {
  readonly [JSON_OF_CALL]?: Codec;
}

/** What `JSON.stringify` and `JSON.parse` say, found sooner. */
export interface KnownJson {
  /** The JSON of a result; undefined for what is not as it is known to be. Nothing of the result changes later. */
  write(result: unknown): string | undefined;
  read(json: string): unknown;
}

/** Writes the bytes that `jsonCodec` writes, and reads them. */
export function jsonOfCall(json: KnownJson): Codec {
  const encodeKnown = (value: unknown, context: CodecContext): Fresh => {
    const payload = context.kind === 'value' ? json.write(value) : undefined;
    return payload === undefined ? encodeJson(value, context) : { payload, decoded: value };
  };
  const codec: Codec = Object.freeze({
    encode: (value: unknown, context: CodecContext) =>
      Buffer.from(encodeKnown(value, context).payload),
    decode(bytes: Uint8Array, { kind }: CodecContext): unknown {
      const text = textOfJson(bytes);
      if (text === '') return undefined;
      return kind === 'value' ? json.read(text) : JSON.parse(text);
    },
  });
  trusted.set(codec, encodeKnown);
  return codec;
}
