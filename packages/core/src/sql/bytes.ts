import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** What identifies the row: no collation, no padding and no index limit can fool a hash. */
export function keyHash(key: string): Buffer {
  return createHash('sha256').update(key, 'utf8').digest();
}

/** Binary, fixed in length, and of no use to whoever reads the table. */
export function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token, 'latin1').digest();
}

/** CRC-32 as a signed integer of four bytes holds it. */
export function checksumOf(bytes: Uint8Array): number {
  return crc32(bytes) | 0;
}

/** The same memory, as drivers want it. */
export function bytesOf(value: Uint8Array): Buffer {
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}
