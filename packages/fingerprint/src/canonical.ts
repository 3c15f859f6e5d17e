import canonicalize from 'canonicalize';

/**
 * The canonical JSON (RFC 8785) of a plain value, undefined for undefined; throws for a lone surrogate.
 *
 * `JSON.stringify` writes numbers and text as the RFC asks, since its rules are those of ECMAScript
 * (sections 3.2.2.2 and 3.2.2.3). Only the fields must be in order (section 3.2.3), and what it would
 * order by itself is left to the library: names that are whole numbers.
 */
export function canonicalOf(value: unknown): string | undefined {
  if (isCanonical(value)) return JSON.stringify(value);
  const ordered = inOrder(value);
  return isCanonical(ordered) ? JSON.stringify(ordered) : canonicalize(value);
}

/** Deeper down it is not looked for; nor does an object that is within itself go on for ever. */
const DEEPEST = 32;

/**
 * It is what `JSON.parse` gives, with the fields in the order of their names' UTF-16 units and all text
 * well-formed: `JSON.stringify` writes it as the RFC asks. Nothing is copied to find that out.
 */
export function isCanonical(value: unknown): boolean {
  // A toJSON on the prototype of everything: then nothing is written as it is.
  return !('toJSON' in []) && isCanonicalAt(value, 0);
}

function isCanonicalAt(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value === 'number') return Number.isFinite(value);
  if (!isObject(value)) return value === null || typeof value === 'boolean';
  if (depth === DEEPEST) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (Array.isArray(value)) {
    if (prototype !== Array.prototype || Object.hasOwn(value, 'toJSON')) return false;
    // By index: `every` would pass a hole over.
    for (let index = 0; index < value.length; index++) {
      if (!isCanonicalAt(value[index], depth + 1)) return false;
    }
    return true;
  }
  if (prototype !== Object.prototype) return false;
  let before: string | undefined;
  for (const name of Object.keys(value)) {
    if (before !== undefined && name < before) return false;
    if (!name.isWellFormed() || !isCanonicalAt(value[name], depth + 1)) return false;
    before = name;
  }
  return true;
}

function inOrder(value: unknown): unknown {
  if (!isObject(value)) return value;
  if (Array.isArray(value)) return value.map(inOrder);
  const names = Object.keys(value).sort();
  // Not by assignment: `__proto__` is a field like any other.
  return Object.fromEntries(names.map((name) => [name, inOrder(value[name])]));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
