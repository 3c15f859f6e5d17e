const LONGEST = 64;

/** A value as an error message shows it: its type where that is what matters, never more than a line. */
export function show(value: unknown): string {
  switch (typeof value) {
    case 'string': {
      const short = value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value;
      return `${JSON.stringify(short)} (${new TextEncoder().encode(value).byteLength} bytes)`;
    }
    case 'number':
    case 'boolean':
    case 'undefined':
      return String(value);
    case 'bigint':
      return `${value}n`;
    case 'object':
      if (value === null) return 'null';
      if (value instanceof Uint8Array) return `a Uint8Array of ${value.byteLength} bytes`;
      return `an object (${Object.prototype.toString.call(value).slice(8, -1)})`;
    default:
      return `a ${typeof value}`;
  }
}
