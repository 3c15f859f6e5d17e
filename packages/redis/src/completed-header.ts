import { MAGIC, TIME_DIGITS } from './scripts/record.ts';

/** Where the parts of a completed record are, by their first byte. */
export interface CompletedHeader {
  readonly fingerprint: number;
  readonly fingerprintEnd: number;
  readonly value: number;
}

const LINE_END = 0x0a;

/** The words of the line, in their order; what is between them is judged by its kind. */
const UNTIL = Buffer.from(MAGIC);
const FENCE = Buffer.from(' completed fence=');
const TOKEN = Buffer.from(' token=');
const FINGERPRINT = Buffer.from(' fingerprint=');
const BYTES = Buffer.from(' bytes=');

/**
 * Reads the line of a completed record that a script has handed out unread; undefined when it is not
 * what this library writes. Byte by byte: a replay is what happens most, and each native call on the
 * buffer was a measurable part of it.
 */
export function readCompleted(record: Buffer): CompletedHeader | undefined {
  const until = after(record, 0, UNTIL);
  const untilEnd = whileDigit(record, until);
  if (untilEnd - until !== TIME_DIGITS) return undefined;
  const fence = after(record, untilEnd, FENCE);
  const fenceEnd = whileDigit(record, fence);
  if (fenceEnd === fence) return undefined;
  const token = after(record, fenceEnd, TOKEN);
  const fingerprint = after(record, whileTokenByte(record, token), FINGERPRINT);
  const fingerprintEnd = whileVisible(record, fingerprint);
  const bytes = after(record, fingerprintEnd, BYTES);
  const bytesEnd = whileDigit(record, bytes);
  if (bytesEnd === bytes || record[bytesEnd] !== LINE_END) return undefined;
  const value = bytesEnd + 1;
  if (numberIn(record, bytes, bytesEnd) !== record.length - value) return undefined;
  return { fingerprint, fingerprintEnd, value };
}

/** Behind the word that must be here; behind the end of all records when it is not. */
function after(record: Buffer, at: number, word: Buffer): number {
  for (let i = 0; i < word.length; i += 1) {
    if (record[at + i] !== word[i]) return Number.MAX_SAFE_INTEGER;
  }
  return at + word.length;
}

function whileDigit(record: Buffer, from: number): number {
  let at = from;
  while (isDigit(record[at])) at += 1;
  return at;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function whileTokenByte(record: Buffer, from: number): number {
  let at = from;
  for (;;) {
    const byte = record[at];
    const letter = byte !== undefined && (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
    if (!letter && !isDigit(byte) && byte !== 0x5f /* _ */ && byte !== 0x2d /* - */) return at;
    at += 1;
  }
}

function whileVisible(record: Buffer, from: number): number {
  let at = from;
  for (;;) {
    const byte = record[at];
    if (byte === undefined || byte < 0x21 || byte > 0x7e) return at;
    at += 1;
  }
}

function numberIn(record: Buffer, from: number, to: number): number {
  let number = 0;
  for (let at = from; at < to; at += 1) number = number * 10 + (record[at] ?? 0) - 0x30;
  return number;
}
