/**
 * Looking at what a user's function threw or returned. It may be anything: a getter that throws, a
 * revoked proxy, an object without `toString`. Nothing here throws, whatever it is given.
 */

/** A property of an object, or undefined when there is none or it cannot be read. */
export function readProperty(value: unknown, name: string): unknown {
  try {
    return Reflect.get(Object(value), name);
  } catch {
    return undefined;
  }
}

/** The names of an object's own enumerable fields; none when it cannot tell. */
export function fieldNames(value: object): readonly string[] {
  try {
    return Object.keys(value);
  } catch {
    return [];
  }
}

/** A value as text, or the fallback when it has none. */
export function textOf(value: unknown, fallback: string): string {
  try {
    return String(value);
  } catch {
    return fallback;
  }
}
