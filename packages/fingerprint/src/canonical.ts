import canonicalize from 'canonicalize';

/**
 * The canonical JSON (RFC 8785) of a plain value, undefined for undefined; throws for a lone surrogate.
 *
 * `JSON.stringify` writes numbers and text as the RFC asks, since its rules are those of ECMAScript
 * (sections 3.2.2.2 and 3.2.2.3). Only the fields must be in order (section 3.2.3), and what it would
 * order by itself is left to the library: names that are whole numbers.
 */
export function canonicalOf(value: unknown): string | undefined {
  // A toJSON on the prototype of everything: then nothing is written as it is.
  if ('toJSON' in []) return canonicalize(value);
  if (isInOrder(value)) return JSON.stringify(value);
  const ordered = inOrder(value);
  return isInOrder(ordered) ? JSON.stringify(ordered) : canonicalize(value);
}

/** The fields are in the order of their names' UTF-16 units, and all text is well-formed. */
function isInOrder(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (!isObject(value)) return true;
  if (Array.isArray(value)) return value.every(isInOrder);
  let before: string | undefined;
  for (const name of Object.keys(value)) {
    if (before !== undefined && name < before) return false;
    if (!name.isWellFormed() || !isInOrder(value[name])) return false;
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
