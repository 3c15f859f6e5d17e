import { isUtf8 } from 'node:buffer';
import { isIdempotencyError } from '@idem/core';
import { type FingerprintOptions, fingerprintOf } from '@idem/fingerprint';
import { type Body, type Exchange, isJson, mediaTypeOf } from './exchange.ts';

/** What a request says, or why that cannot be told. */
export type FingerprintReading =
  | { readonly kind: 'fingerprint'; readonly fingerprint: string | Uint8Array }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'not-read'; readonly remedy: string }
  /** The body has nothing to compare: none of the fields that are. */
  | { readonly kind: 'invalid'; readonly why: string };

/** Method, target and body, one after another, so that no two requests that differ say the same. */
export function fingerprintRequest<Req>(
  exchange: Exchange<Req>,
  body: Body,
  fields: FingerprintOptions,
  maxBytes: number,
): FingerprintReading {
  const head = `${exchange.method} ${exchange.target}\n`;
  switch (body.kind) {
    case 'too-large':
    case 'gone':
    case 'not-read':
      return body;
    case 'none':
      return { kind: 'fingerprint', fingerprint: `${head}none` };
    case 'parsed':
      return canonical(head, body.value, fields, maxBytes);
    case 'bytes': {
      if (body.bytes.byteLength > maxBytes) return { kind: 'too-large' };
      const json = isJson(mediaTypeOf(exchange.header('content-type')));
      const value = json ? parse(body.bytes) : undefined;
      if (value !== undefined) return canonical(head, value.json, fields, maxBytes);
      return {
        kind: 'fingerprint',
        fingerprint: Buffer.concat([Buffer.from(`${head}bytes\n`), body.bytes]),
      };
    }
  }
}

/**
 * What the application says instead of the body, after method and target. One that says nothing is a
 * mistake: all requests would look alike.
 */
export function ownFingerprint<Req>(
  { method, target }: Exchange<Req>,
  said: unknown,
): FingerprintReading {
  const head = `${method} ${target}\nown\n`;
  if (typeof said === 'string') return { kind: 'fingerprint', fingerprint: head + said };
  if (said instanceof Uint8Array) {
    return { kind: 'fingerprint', fingerprint: Buffer.concat([Buffer.from(head), said]) };
  }
  throw new TypeError(
    `fingerprint must answer what makes two requests the same, as text or bytes; it answered ${typeof said}.`,
  );
}

function canonical(
  head: string,
  value: unknown,
  fields: FingerprintOptions,
  maxBytes: number,
): FingerprintReading {
  try {
    const text = fingerprintOf(value, fields);
    if (text.length > maxBytes) return { kind: 'too-large' };
    return { kind: 'fingerprint', fingerprint: `${head}json\n${text}` };
  } catch (error) {
    if (!isIdempotencyError(error, 'IDEM_INVALID_FINGERPRINT')) throw error;
    return { kind: 'invalid', why: error.message };
  }
}

/** A body that says it is JSON and is not, counts as its bytes: the handler will refuse it. */
function parse(bytes: Uint8Array): { readonly json: unknown } | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Two bodies that are no text could be decoded alike.
  if (!isUtf8(buffer)) return undefined;
  try {
    return { json: JSON.parse(buffer.toString('utf8')) };
  } catch {
    return undefined;
  }
}
