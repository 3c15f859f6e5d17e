import type { IncomingMessage } from 'node:http';
import { type Body, mediaTypeOf } from '../request/exchange.ts';
import { hasBody } from './exchange.ts';

/** The parsers of a framework, for the message that one is missing. */
export interface Parsers {
  readonly json: string;
  readonly form: string;
  readonly other: string;
}

/**
 * The body that a parser has left on the request. One that nobody has read is never taken for none:
 * two requests that differ would look the same.
 *
 * @param rawBody the bytes, where the application keeps them: they are what was sent
 */
export function parsedBody(
  req: IncomingMessage,
  parsed: unknown,
  rawBody: unknown,
  parsers: Parsers,
): Body {
  if (rawBody instanceof Uint8Array) return { kind: 'bytes', bytes: rawBody };
  if (typeof rawBody === 'string') return { kind: 'bytes', bytes: Buffer.from(rawBody) };
  if (!hasBody(req)) return { kind: 'none' };
  const type = mediaTypeOf(req.headers['content-type']);
  if (type.startsWith('multipart/')) return { kind: 'not-read', remedy: MULTIPART };
  if (parsed instanceof Uint8Array) return { kind: 'bytes', bytes: parsed };
  if (parsed === undefined || (isEmptyObject(parsed) && !req.readableDidRead)) {
    return { kind: 'not-read', remedy: remedyFor(type, parsers) };
  }
  return { kind: 'parsed', value: parsed };
}

const MULTIPART =
  'The parts of a multipart body cannot be told from one another here. Give the option `fingerprint` a ' +
  'function that says what makes two of these requests the same, or `skip` them.';

function remedyFor(type: string, { json, form, other }: Parsers): string {
  const parser = type.endsWith('json')
    ? json
    : type === 'application/x-www-form-urlencoded'
      ? form
      : other;
  const what = type === '' ? 'without a content-type' : `of type ${type}`;
  return `A body ${what} was not read before the idempotency middleware. Put ${parser} in front of it.`;
}

/** Express 4 leaves one where no parser has read anything. */
function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
