import { types } from 'node:util';

/**
 * What an object is that JSON would write without what it holds, or undefined when it says it all.
 *
 * JSON sees own enumerable fields and nothing else. An instance that has none (a Response, Headers,
 * a FormData, a Blob, a generator, a WeakRef, a class that keeps all in private fields) would become
 * `{}`; one that has some is written as those.
 *
 * @param empty whether it has no field that JSON sees
 */
export function whatIsLost(value: object, prototype: unknown, empty: boolean): string | undefined {
  const known = KINDS.find(([is]) => is(value));
  if (known !== undefined) return known[1];
  if (prototype === null) return isRawJson(value) ? 'raw JSON' : undefined;
  if (isStream(value)) return 'a stream';
  if (!empty || isPlainOfAnotherRealm(prototype)) return undefined;
  return `${nameOfInstance(value)} without fields that JSON sees`;
}

const KINDS: readonly (readonly [(value: object) => boolean, string])[] = [
  [types.isMap, 'a map'],
  [types.isWeakMap, 'a map'],
  [types.isSet, 'a set'],
  [types.isWeakSet, 'a set'],
  [ArrayBuffer.isView, 'binary data'],
  [types.isAnyArrayBuffer, 'binary data'],
  [types.isPromise, 'a promise'],
  [types.isRegExp, 'a regular expression'],
  [types.isNativeError, 'an error'],
];

/** Node's own streams, a request and a response of `node:http` among them, show their inner fields. */
function isStream(value: object): boolean {
  return 'pipe' in value && 'on' in value && typeof value.pipe === 'function';
}

/** What `JSON.rawJSON` made: it is written as it stands, and need not be read as it stands. */
function isRawJson(value: object): boolean {
  const is: unknown = Reflect.get(JSON, 'isRawJSON');
  return typeof is === 'function' && is(value) === true;
}

/** The root of a realm's prototypes. */
function isPlainOfAnotherRealm(prototype: unknown): boolean {
  return (
    typeof prototype === 'object' &&
    prototype !== null &&
    Object.getPrototypeOf(prototype) === null &&
    Object.hasOwn(prototype, 'isPrototypeOf')
  );
}

function nameOfInstance(value: object): string {
  const made: unknown = value.constructor;
  const name = typeof made === 'function' && made !== Object ? made.name : '';
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  return `an instance of ${(name || tag).slice(0, 64)}`;
}
