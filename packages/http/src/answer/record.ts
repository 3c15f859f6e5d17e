import { isUtf8 } from 'node:buffer';
import type { AnswerHead, HeaderField, OpenReason } from './answer.ts';
import type { Reply } from './reply.ts';

/** What is recorded for a key: plain JSON, so that every codec can write it. */
export type AnswerRecord =
  | {
      readonly http: 1;
      readonly status: number;
      readonly statusText?: string;
      readonly headers: readonly HeaderField[];
      /** The body, where it is UTF-8 and short, so that an operator can read it. */
      readonly text?: string;
      /** The body in base64 otherwise. */
      readonly base64?: string;
      readonly trailers?: readonly HeaderField[];
    }
  /** The answer was given, and not kept. */
  | { readonly http: 1; readonly status: number; readonly notKept: OpenReason };

/** What a record says. */
export type Recorded =
  | { readonly kind: 'answer'; readonly answer: Reply }
  | { readonly kind: 'not-kept'; readonly status: number; readonly reason: string }
  /** It is none that this library wrote. */
  | { readonly kind: 'unreadable' };

/** What was read from a record whose head had been looked at before. */
export class KnownRecord {
  readonly kind = 'answer';
  readonly answer: Reply;

  constructor(answer: Reply) {
    this.answer = answer;
  }
}

/** JSON may write six bytes for one; a long text could outgrow what a store takes. */
const LONGEST_TEXT = 2 * 1024 * 1024;
/** In UTF-16 units, each of which takes three bytes at most. */
const SHORT_TEXT = LONGEST_TEXT / 3;

/** @param body text stands for its UTF-8 */
export function toRecord(
  { status, statusText }: AnswerHead,
  headers: readonly HeaderField[],
  body: string | Uint8Array,
  trailers: readonly HeaderField[] | undefined,
): AnswerRecord {
  const isText = typeof body === 'string' && body.isWellFormed() && body.length <= SHORT_TEXT;
  const content = isText ? { text: body } : contentOf(body);
  if (statusText === undefined && trailers === undefined) {
    return content.text === undefined
      ? { http: 1, status, headers, base64: content.base64 }
      : { http: 1, status, headers, text: content.text };
  }
  return {
    http: 1,
    status,
    ...(statusText === undefined ? {} : { statusText }),
    headers,
    ...content,
    ...(trailers === undefined ? {} : { trailers }),
  };
}

type Content =
  | { readonly text: string; readonly base64?: never }
  | { readonly text?: never; readonly base64: string };

function contentOf(body: string | Uint8Array): Content {
  const bytes =
    typeof body === 'string'
      ? Buffer.from(body)
      : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return bytes.byteLength <= LONGEST_TEXT && isUtf8(bytes)
    ? { text: bytes.toString('utf8') }
    : { base64: bytes.toString('base64') };
}

/** Reads what was recorded: from a store, so nothing about it is taken on trust. */
export function fromRecord(record: unknown): Recorded {
  if (record instanceof KnownRecord) return record;
  if (typeof record !== 'object' || record === null || !('http' in record) || record.http !== 1) {
    return UNREADABLE;
  }
  const status = 'status' in record ? record.status : undefined;
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 200 || status > 999) {
    return UNREADABLE;
  }
  if ('notKept' in record) return { kind: 'not-kept', status, reason: String(record.notKept) };
  const body = bodyOf(record);
  const headers = 'headers' in record ? record.headers : undefined;
  if (body === undefined || !isFields(headers)) return UNREADABLE;
  const statusText = 'statusText' in record ? record.statusText : undefined;
  const trailers = 'trailers' in record ? record.trailers : undefined;
  if (statusText === undefined && trailers === undefined) {
    return { kind: 'answer', answer: { status, headers, body } };
  }
  if (trailers !== undefined && !isFields(trailers)) return UNREADABLE;
  return {
    kind: 'answer',
    answer: {
      ...{ status, headers, body },
      ...(typeof statusText === 'string' && isValue(statusText) ? { statusText } : {}),
      ...(trailers === undefined ? {} : { trailers }),
    },
  };
}

const UNREADABLE: Recorded = { kind: 'unreadable' };

/** Text stays text: sent together with the head, it is one write. */
function bodyOf(record: object): string | Uint8Array | undefined {
  if ('text' in record && typeof record.text === 'string') return record.text;
  if ('base64' in record && typeof record.base64 === 'string') {
    return Buffer.from(record.base64, 'base64');
  }
  return undefined;
}

function isFields(fields: unknown): fields is readonly HeaderField[] {
  return Array.isArray(fields) && fields.every(isField);
}

function isField(field: unknown): field is HeaderField {
  if (!Array.isArray(field) || field.length !== 2 || typeof field[0] !== 'string') return false;
  const value: unknown = field[1];
  return NAME.test(field[0]) && (Array.isArray(value) ? value.every(isValue) : isValue(value));
}

function isValue(value: unknown): boolean {
  return typeof value === 'string' && !NO_VALUE.test(value);
}

// RFC 9110, section 5: what Node and the Fetch standard would refuse to send.
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const NO_VALUE = /[^\t\x20-\x7e\x80-\xff]/;
