import type { OutgoingHttpHeader, ServerResponse } from 'node:http';
import type { AnswerHead, HeaderField } from '../answer/answer.ts';

/** The arguments of `writeHead`, in each of its forms. */
export type WriteHeadArguments = readonly unknown[];

/**
 * What the head of the answer will be: what was set on the response, and what `writeHead` is given
 * beside. Read when it would be sent, since later changes count no more.
 */
export function headOf(res: ServerResponse, args: WriteHeadArguments): AnswerHead {
  const [first, second, third] = args;
  const status = typeof first === 'number' ? first : res.statusCode;
  const statusText = typeof second === 'string' ? second : res.statusMessage;
  const given = typeof second === 'string' ? third : (third ?? second);
  const fields = new Map<string, string | readonly string[]>();
  const set = res.getHeaders();
  for (const name in set) fields.set(name, textOf(set[name]));
  for (const [name, value] of pairsOf(given)) fields.set(name, value);
  const headers: HeaderField[] = [...fields];
  // Node leaves statusMessage undefined until it has chosen the phrase itself.
  return typeof statusText === 'string' && statusText !== ''
    ? { status, statusText, headers }
    : { status, headers };
}

/** An object, a list of pairs, or names and values in turn; what occurs twice is sent twice. */
export function pairsOf(given: unknown): readonly HeaderField[] {
  if (typeof given !== 'object' || given === null) return [];
  if (!Array.isArray(given)) {
    return Object.entries(given).map(([name, value]) => [name.toLowerCase(), textOf(value)]);
  }
  const pairs: (readonly [unknown, unknown])[] = [];
  if (Array.isArray(given[0])) for (const [name, value] of given) pairs.push([name, value]);
  else for (let at = 0; at + 1 < given.length; at += 2) pairs.push([given[at], given[at + 1]]);
  const merged = new Map<string, string | readonly string[]>();
  for (const [name, value] of pairs) {
    const key = String(name).toLowerCase();
    const before = merged.get(key);
    merged.set(key, before === undefined ? textOf(value) : [before, textOf(value)].flat());
  }
  return [...merged];
}

function textOf(value: unknown): string | readonly string[] {
  return Array.isArray(value) ? value.map(String) : String(value);
}

/** What was set before the handler was called. */
export type HeadersBefore = ReadonlyMap<string, OutgoingHttpHeader | undefined>;

const NONE: HeadersBefore = new Map();

export function headersBefore(res: ServerResponse): HeadersBefore {
  return headersOf(res.getHeaders());
}

export function headersOf(
  headers: Readonly<Record<string, OutgoingHttpHeader | undefined>>,
): HeadersBefore {
  for (const _ in headers) return new Map(Object.entries(headers));
  return NONE;
}
