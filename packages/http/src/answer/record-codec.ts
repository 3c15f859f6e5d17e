import type { Codec } from '@idem/core';
import { jsonOfCall } from '@idem/core/adapter';
import type { HeaderField } from './answer.ts';
import { fromRecord, KnownRecord } from './record.ts';

/** Heads that are kept ready, of those that are short: answers of one route begin alike. */
const MOST_HEADS = 500;
const LONGEST_HEAD = 1_024;

/** Within a text of JSON nothing looks like this: its quotes would be escaped. */
const TEXT = ',"text":"';

interface Head {
  readonly status: number;
  readonly headers: readonly HeaderField[];
}

const heads = new Map<string, Head>();

/** Writes and reads the JSON of records, most of which are a head that was seen before, and a text. */
export const recordCodec: Codec = jsonOfCall({ write, read });

function write(record: unknown): string | undefined {
  // With a toJSON on the prototype of everything, JSON does not say what is there.
  if (!isOfText(record) || 'toJSON' in []) return undefined;
  return `${headOf(record)},"text":${JSON.stringify(record.text)}}`;
}

function headOf({ status, headers }: Head): string {
  return `{"http":1,"status":${status},"headers":${JSON.stringify(headers)}`;
}

function read(json: string): unknown {
  const end = json.indexOf(TEXT);
  if (end < 0 || end > LONGEST_HEAD) return JSON.parse(json);
  const head = json.slice(0, end);
  const known = heads.get(head);
  if (known === undefined) return readAnew(json, head);
  const body = json.endsWith('}') ? textAlone(json.slice(end + TEXT.length - 1, -1)) : undefined;
  // Something follows the text, or it is cut off.
  if (body === undefined) return JSON.parse(json);
  const { status, headers } = known;
  return new KnownRecord({ status, headers, body });
}

function readAnew(json: string, head: string): unknown {
  const record: unknown = JSON.parse(json);
  const recorded = fromRecord(record);
  if (recorded.kind !== 'answer') return record;
  const { status, headers } = recorded.answer;
  // Whoever is given a list may change it, and these are given to many.
  const isShared = headers.every(([, value]) => typeof value === 'string');
  // Not the one that was read: a part of a text keeps all of it in memory.
  const own = headOf({ status, headers });
  if (isShared && head === own) {
    if (heads.size >= MOST_HEADS) heads.clear();
    heads.set(own, { status, headers });
  }
  return record;
}

function textAlone(json: string): string | undefined {
  try {
    const text: unknown = JSON.parse(json);
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}

type OfText = Head & { readonly text: string };

/** It is of this version, with a status, headers and a text, and nothing beside. */
function isOfText(record: unknown): record is OfText {
  if (typeof record !== 'object' || record === null || !('http' in record)) return false;
  if (!('status' in record) || !('headers' in record) || !('text' in record)) return false;
  const { http, status, headers, text } = record;
  return (
    http === 1 &&
    Number.isInteger(status) &&
    Array.isArray(headers) &&
    typeof text === 'string' &&
    Object.keys(record).length === 4
  );
}
