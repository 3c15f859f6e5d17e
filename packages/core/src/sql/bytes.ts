import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** What identifies the row: no collation, no padding and no index limit can fool a hash. */
export function keyHash(key: string): Buffer {
  return hash('sha256', key, 'buffer');
}

/** Binary, fixed in length, and of no use to whoever reads the table. */
export function tokenHash(token: string): Buffer {
  return hash('sha256', Buffer.from(token, 'latin1'), 'buffer');
}

/** CRC-32 as a signed integer of four bytes holds it. */
export function checksumOf(bytes: Uint8Array): number {
  return crc32(bytes) | 0;
}

/** The same memory, as drivers want it. */
export function bytesOf(value: Uint8Array): Buffer {
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}
