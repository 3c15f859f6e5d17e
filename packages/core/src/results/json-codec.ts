import { types } from 'node:util';
import type { Codec } from './codec.ts';

/**
 * JSON (RFC 8259), with `undefined` as no bytes at all.
 *
 * What JSON gives in another form is given so to the first caller too: a Date as its ISO string, a
 * class instance as a plain object of its own fields, -0 as 0, fields that are undefined not at all.
 * What JSON would lose without a word is refused with a TypeError that says where it is: NaN and the
 * infinities, BigInt, functions and symbols, maps, sets, binary data, promises, regular expressions,
 * errors, and cycles.
 */
export const jsonCodec: Codec = {
  encode(value: unknown): Uint8Array {
    const text: string | undefined = JSON.stringify(value, refuseLoss);
    return text === undefined ? new Uint8Array() : encoder.encode(text);
  },
  decode(bytes: Uint8Array): unknown {
    return bytes.byteLength === 0 ? undefined : JSON.parse(decoder.decode(bytes));
  },
};

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function refuseLoss(this: unknown, name: string, value: unknown): unknown {
  const lost = whatIsLost(value) ?? lostByToJSON(this, name);
  if (lost !== undefined) {
    const where = name === '' ? 'The result' : `The field ${JSON.stringify(name)}`;
    throw new TypeError(`${where} is ${lost}, which JSON cannot say; return it in another form.`);
  }
  return value;
}

function whatIsLost(value: unknown): string | undefined {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? undefined : String(value);
    case 'bigint':
    case 'function':
    case 'symbol':
      return `a ${typeof value}`;
    case 'object':
      return value === null || Array.isArray(value) ? undefined : lostObject(value);
    default:
      return undefined;
  }
}

function lostObject(value: object): string | undefined {
  if (types.isMap(value) || types.isWeakMap(value)) return 'a map';
  if (types.isSet(value) || types.isWeakSet(value)) return 'a set';
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) return 'binary data';
  if (types.isPromise(value)) return 'a promise';
  if (types.isRegExp(value)) return 'a regular expression';
  if (types.isNativeError(value)) return 'an error';
  return undefined;
}

/** A Buffer's and an invalid Date's toJSON hide what they were, and a Date's too when it says null. */
function lostByToJSON(holder: unknown, name: string): string | undefined {
  if (typeof holder !== 'object' || holder === null) return undefined;
  const original: unknown = Reflect.get(holder, name);
  if (types.isDate(original) && Number.isNaN(original.getTime())) return 'an invalid Date';
  return ArrayBuffer.isView(original) ? 'binary data' : undefined;
}
