/**
 * Bytes as the store keeps them: a short value as a string, a character for each byte. Memory of its
 * own outside V8's heap takes three times as long to get, and again to be collected.
 */
export type Kept = string | Uint8Array;

const LONGEST_STRING = 4_096;
/** What memory of its own costs beside its bytes. */
const ARRAY_BYTES = 200;

/** A copy to keep. */
export function keep(value: Uint8Array): Kept {
  const { buffer, byteOffset, byteLength } = value;
  return byteLength <= LONGEST_STRING
    ? Buffer.from(buffer, byteOffset, byteLength).toString('latin1')
    : new Uint8Array(value);
}

/** A copy to give away. */
export function read(kept: Kept): Uint8Array {
  return typeof kept === 'string'
    ? new Uint8Array(Buffer.from(kept, 'latin1'))
    : new Uint8Array(kept);
}

/** The same in a part of Node's buffer pool, where it is short: for a reader who needs no memory of its own. */
export function view(kept: Kept): Uint8Array {
  return typeof kept === 'string' ? Buffer.from(kept, 'latin1') : new Uint8Array(kept);
}

/** What it takes, in bytes. */
export function sizeOf(kept: Kept): number {
  return typeof kept === 'string' ? kept.length : ARRAY_BYTES + kept.byteLength;
}
