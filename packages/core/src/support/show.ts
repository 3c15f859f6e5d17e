import { types } from 'node:util';

const LONGEST = 64;

/**
 * A value as an error message shows it: its type where that is what matters, never more than a line.
 * Never throws, whatever the value does when it is looked at.
 */
export function show(value: unknown): string {
  switch (typeof value) {
    case 'string': {
      const short = value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value;
      return `${JSON.stringify(short)} (${Buffer.byteLength(value)} bytes)`;
    }
    case 'number':
    case 'boolean':
    case 'undefined':
      return String(value);
    case 'bigint':
      return `${value}n`;
    case 'object':
      return value === null ? 'null' : showObject(value);
    default:
      return `a ${typeof value}`;
  }
}

function showObject(value: object): string {
  try {
    if (types.isUint8Array(value)) return `a Uint8Array of ${value.byteLength} bytes`;
    const tag = Object.prototype.toString.call(value).slice(8, -1);
    return `an object (${tag.replaceAll(/\s/g, ' ').slice(0, LONGEST)})`;
  } catch {
    return 'an object';
  }
}
