import { isIdempotencyError } from '@idem/core';

const LONGEST_TEXT = 80;
const MOST_BYTES = 12;

/** What was seen, in words a person understands; also of what throws when it is looked at. */
export function seen(value: unknown): string {
  try {
    return inWords(value);
  } catch {
    return 'something that cannot be looked at';
  }
}

function inWords(value: unknown): string {
  if (value instanceof Uint8Array) return seenBytes(value);
  if (value instanceof Error) return seenError(value);
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return `[${value.map(seen).join(', ')}]`;
  if (typeof value === 'object' && value !== null) return seenObject(value);
  return String(value);
}

function seenObject(value: object): string {
  const fields = Object.entries(value);
  if (!('outcome' in value)) {
    return `{ ${fields.map(([name, field]) => `${name}: ${seen(field)}`).join(', ')} }`;
  }
  const rest = fields.filter(([name]) => name !== 'outcome');
  return `${value.outcome} (${rest.map(([name, field]) => `${name} ${seen(field)}`).join(', ')})`;
}

function seenBytes(bytes: Uint8Array): string {
  if (bytes.byteLength === 0) return 'an empty value';
  const start = Array.from(bytes.subarray(0, MOST_BYTES), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join(' ');
  const dots = bytes.byteLength > MOST_BYTES ? ' …' : '';
  return `${bytes.byteLength} byte${bytes.byteLength === 1 ? '' : 's'} ${start}${dots}`;
}

function seenError(error: Error): string {
  const name = isIdempotencyError(error) ? error.code : error.name;
  return `an error ${name}: ${String(error.message)}`;
}

function quoted(text: string): string {
  const short = text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
  return JSON.stringify(short);
}
