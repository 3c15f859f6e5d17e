import {
  type OutgoingHttpHeader,
  ServerResponse,
  validateHeaderName,
  validateHeaderValue,
} from 'node:http';
import type { AnswerHead, HeaderField } from '../answer/answer.ts';

/** The arguments of `writeHead`, in each of its forms. */
export type WriteHeadArguments = readonly unknown[];

/**
 * What the head of the answer will be: what was set on the response, and what `writeHead` is given
 * beside. Read when it would be sent, since later changes count no more.
 */
export function headOf(res: ServerResponse, args: WriteHeadArguments): AnswerHead {
  const [first, second, third] = args;
  const status = statusOf(first);
  const statusText = typeof second === 'string' ? second : res.statusMessage;
  const given = typeof second === 'string' ? third : (third ?? second);
  const headers: HeaderField[] = [];
  const set = res.getHeaders();
  for (const name in set) headers.push([name, textOf(set[name])]);
  if (isNamed(given)) {
    for (const name of Object.keys(given)) put(headers, name.toLowerCase(), given[name]);
  } else for (const [name, value] of pairsOf(given)) put(headers, name, value);
  // Node leaves statusMessage undefined until it has chosen the phrase itself.
  return typeof statusText === 'string' && statusText !== ''
    ? { status, statusText, headers }
    : { status, headers };
}

/** In the place of one of the same name, where there is one. */
function put(headers: HeaderField[], name: string, value: unknown): void {
  const field: HeaderField = [name, textOf(value)];
  // There are few: to go through them costs less than a map.
  for (let at = 0; at < headers.length; at++) {
    if (headers[at]?.[0] !== name) continue;
    headers[at] = field;
    return;
  }
  headers.push(field);
}

/** As they are now: the handler may use its objects and lists again, and what is recorded is what is sent. */
export function copyOf(args: readonly unknown[]): readonly unknown[] {
  return args.map((arg) => {
    if (Array.isArray(arg)) return copyOf(arg);
    return isNamed(arg) ? copyOfNamed(arg) : arg;
  });
}

function copyOfNamed(given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const copy = { ...given };
  for (const name in copy) {
    const value = copy[name];
    if (Array.isArray(value)) copy[name] = [...value];
  }
  return copy;
}

function isNamed(given: unknown): given is Readonly<Record<string, unknown>> {
  return typeof given === 'object' && given !== null && !Array.isArray(given);
}

/** What Node itself would throw when the head is sent: it is the handler's to hear. */
export function checkHead({ status, statusText = '', headers }: AnswerHead): void {
  if (status < 100 || status > 999) {
    const code = 'ERR_HTTP_INVALID_STATUS_CODE';
    throw Object.assign(new RangeError(`Invalid status code: ${status}`), { code });
  }
  // A reason has the characters of a value.
  if (statusText !== '') checkValue('statusMessage', statusText);
  for (const field of headers) {
    checkName(field[0]);
    const value = field[1];
    if (typeof value === 'string') checkValue(field[0], value);
    else for (const one of value) checkValue(field[0], one);
  }
}

/** The same for trailers. */
export function checkTrailers(fields: readonly HeaderField[]): void {
  for (const [name, value] of fields) {
    validateHeaderName(name);
    for (const one of typeof value === 'string' ? [value] : value) validateHeaderValue(name, one);
  }
}

/**
 * Of lists of fields, and of whether trailers may follow, each version of Node has its own opinion: a head
 * that has either is made once, for nobody, to hear it.
 */
export function rehearse(res: ServerResponse, args: WriteHeadArguments, head: AnswerHead): void {
  const isPlain = !args.some(Array.isArray) && !head.headers.some(([name]) => name === 'trailer');
  if (isPlain) return;
  const rehearsal = new ServerResponse(res.req);
  rehearsal.useChunkedEncodingByDefault = res.useChunkedEncodingByDefault;
  for (const [name, value] of headersBefore(res)) {
    if (value !== undefined) rehearsal.setHeader(name, value);
  }
  Reflect.apply(rehearsal.writeHead, rehearsal, args);
}

/** Names that were found right, for most are the same in every answer. */
const names = new Set<string>();
const MOST_NAMES = 1_000;

function checkName(name: string): void {
  if (names.has(name)) return;
  validateHeaderName(name);
  if (names.size >= MOST_NAMES) names.clear();
  names.add(name);
}

/** What is right needs nobody to say how it is wrong. */
function checkValue(name: string, value: string): void {
  if (NOT_PLAIN.test(value)) validateHeaderValue(name, value);
}

// What must not occur is found in half the time that it takes to match what may.
const NOT_PLAIN = /[^\t\x20-\x7e]/;

/** Node takes a text of digits for a status too. */
function statusOf(given: unknown): number {
  return Number(given) | 0;
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
  if (Array.isArray(value)) return value.map(String);
  if (value !== undefined) return String(value);
  const code = 'ERR_HTTP_INVALID_HEADER_VALUE';
  throw Object.assign(new TypeError('Invalid value "undefined" for a header'), { code });
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
