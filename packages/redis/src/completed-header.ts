import { DONE } from './scripts/record.ts';

/** Where the parts of a completed record are, by their first byte. */
export interface CompletedHeader {
  readonly fingerprint: number;
  readonly fingerprintEnd: number;
  readonly value: number;
}

const LINE_END = 0x0a;

const SPACE = 0x20;
const BEGINNING = Buffer.from(DONE);

/** As LAST_FENCE of lua/layout.lua. */
const LAST_FENCE = Number.MAX_SAFE_INTEGER - 1;
const DIGITS = String(LAST_FENCE).length;
const NINE = 0x39;

/**
 * Reads the line of a completed record that a script has handed out unread; undefined when it is not
 * what this library writes. Byte by byte: a replay is what happens most, and each native call on the
 * buffer was a measurable part of it.
 */
export function readCompleted(record: Buffer): CompletedHeader | undefined {
  const fence = afterBeginning(record);
  const fenceEnd = whileDigit(record, fence);
  if (fenceEnd === fence || record[fenceEnd] !== SPACE) return undefined;
  if (fenceEnd - fence > DIGITS) return undefined;
  // All others of so many digits are less.
  const isLate = record[fence] === NINE && numberIn(record, fence, fenceEnd) > LAST_FENCE;
  if (isLate) return undefined;
  const tokenEnd = whileTokenByte(record, fenceEnd + 1);
  if (record[tokenEnd] !== SPACE) return undefined;
  const fingerprint = tokenEnd + 1;
  const fingerprintEnd = whileVisible(record, fingerprint);
  if (record[fingerprintEnd] !== SPACE) return undefined;
  const length = fingerprintEnd + 1;
  const lengthEnd = whileDigit(record, length);
  if (lengthEnd === length || record[lengthEnd] !== LINE_END) return undefined;
  const value = lengthEnd + 1;
  if (numberIn(record, length, lengthEnd) !== record.length - value) return undefined;
  return { fingerprint, fingerprintEnd, value };
}

/** Behind the end of all records when it begins with something else. */
function afterBeginning(record: Buffer): number {
  for (let i = 0; i < BEGINNING.length; i += 1) {
    if (record[i] !== BEGINNING[i]) return Number.MAX_SAFE_INTEGER;
  }
  return BEGINNING.length;
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
