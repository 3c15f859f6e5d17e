/** What a codec may use besides the value. */
export interface CodecContext {
  /** The key of the record, scope included. */
  readonly key: string;
  /** Whether a result is being written, or an error that is replayed: a plain object that JSON can say. */
  readonly kind: 'value' | 'error';
}

/**
 * Turns results into bytes and back. What it cannot give back as it was it must give back in one
 * form always, or refuse by throwing: the first caller gets `decode(encode(value))` too.
 *
 * `decode` must not execute anything it reads.
 */
export interface Codec {
  encode(value: unknown, context: CodecContext): Uint8Array | Promise<Uint8Array>;
  decode(bytes: Uint8Array, context: CodecContext): unknown;
}
