/** What `write` or `end` was given. */
export interface Piece {
  /** Text is left as it is; bytes are copied: the handler may use them again. */
  readonly chunk: string | Uint8Array | undefined;
  readonly encoding: BufferEncoding;
  readonly callback: ((error?: Error) => void) | undefined;
}

/** The arguments of `write` and `end`, in each of their forms. */
export function pieceOf(args: readonly unknown[]): Piece {
  const chunk = args[0];
  const encoding = args[1];
  return {
    chunk:
      chunk instanceof Uint8Array
        ? Buffer.from(chunk)
        : typeof chunk === 'string'
          ? chunk
          : undefined,
    encoding: isEncoding(encoding) ? encoding : 'utf8',
    callback: callbackOf(args),
  };
}

/** Refuses what Node would: an answer is not recorded without the part that the handler meant to send. */
export function checkChunk(chunk: unknown): void {
  if (typeof chunk === 'string' || chunk instanceof Uint8Array) return;
  const [code, message] =
    chunk === null
      ? ['ERR_STREAM_NULL_VALUES', 'May not write null values to stream']
      : [
          'ERR_INVALID_ARG_TYPE',
          `The "chunk" argument must be a string or an instance of Buffer or Uint8Array; it was ${typeof chunk}.`,
        ];
  throw Object.assign(new TypeError(message), { code });
}

export function bytesOf({ chunk = '', encoding }: Piece): Uint8Array {
  return typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk;
}

/** In bytes. */
export function sizeOf({ chunk = '', encoding }: Piece): number {
  return typeof chunk === 'string' ? Buffer.byteLength(chunk, encoding) : chunk.byteLength;
}

function isEncoding(encoding: unknown): encoding is BufferEncoding {
  return typeof encoding === 'string' && Buffer.isEncoding(encoding);
}

function callbackOf(args: readonly unknown[]): ((error?: Error) => void) | undefined {
  for (const arg of args) {
    if (typeof arg === 'function') return (error) => void arg(error);
  }
  return undefined;
}
