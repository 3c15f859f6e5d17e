import { checkKey, refuse } from '../contract/checks.ts';
import { IdempotencyError } from '../contract/errors.ts';
import { MAX_KEY_BYTES } from '../contract/limits.ts';

/** Who or what a key belongs to: a tenant, a user, an operation, or several of them from the widest to the narrowest. */
export type Scope = string | readonly string[];

const SPECIAL = /[%:/]/;

/** The parts of a scope. Refuses, with `IDEM_INVALID_OPTIONS`, what is empty or no text: it would be shared. */
export function scopeParts(scope: unknown): readonly string[] {
  const parts: readonly unknown[] = Array.isArray(scope) ? scope : [scope];
  if (parts.length === 0) refuseScope(scope);
  const checked: string[] = [];
  // By index: map would pass a hole over.
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index];
    if (typeof part !== 'string' || part === '' || !part.isWellFormed()) refuseScope(part);
    checked.push(part);
  }
  return checked;
}

/** The scope of a key, and what the keys of its records begin with. */
export interface Scoping {
  readonly parts: readonly string[];
  /** Empty where there is no scope. */
  readonly prefix: string;
}

/** The scopes of one executor's calls. */
export class Scopings {
  readonly #own: Scoping;
  /** Of lists that nobody can change any more: read once, however often they are given. */
  readonly #known = new WeakMap<readonly unknown[], Scoping>();

  /** @param own the first parts of every scope, checked */
  constructor(own: readonly string[]) {
    this.#own = scopingOf(own);
  }

  /** Refuses, with `IDEM_INVALID_OPTIONS`, a scope that is none. */
  of(options: { readonly scope?: unknown }): Scoping {
    if (!('scope' in options)) return this.#own;
    const { scope } = options;
    if (!Array.isArray(scope)) return this.#within(scope);
    const known = this.#known.get(scope);
    if (known !== undefined) return known;
    const scoping = this.#within(scope);
    if (Object.isFrozen(scope)) this.#known.set(scope, scoping);
    return scoping;
  }

  #within(scope: unknown): Scoping {
    return scopingOf([...this.#own.parts, ...scopeParts(scope)]);
  }
}

function scopingOf(parts: readonly string[]): Scoping {
  const prefix = parts.length === 0 ? '' : `@${parts.map(escapePart).join(':')}/`;
  return { parts: Object.freeze(parts), prefix };
}

/**
 * The key under which a scoped key is recorded: `@tenant:operation/key`, the key itself without a
 * scope. No two pairs of scope and key share one: `%`, `:` and `/` in a part are written `%25`,
 * `%3A` and `%2F`, so the first `/` ends the scope; and a key without a scope that begins with `@`
 * is recorded after the empty scope, `@/`.
 *
 * Refuses, with `IDEM_INVALID_KEY`, a key that is none or that is too long together with its scope.
 */
export function joinKey({ prefix }: Scoping, key: string): string {
  checkKey(key);
  if (prefix === '' && !key.startsWith('@')) return key;
  const joined = `${prefix === '' ? '@/' : prefix}${key}`;
  // A UTF-16 unit takes three bytes at most, so short keys need no count.
  const size = joined.length * 3 > MAX_KEY_BYTES ? Buffer.byteLength(joined) : 0;
  if (size > MAX_KEY_BYTES) {
    const own = Buffer.byteLength(key);
    throw new IdempotencyError(
      'IDEM_INVALID_KEY',
      `The key and its scope must be at most 1,024 bytes together; they were ${size}: ${own} of the ` +
        `key and ${size - own} of the scope as it is written. Hash the longer of them.`,
    );
  }
  return joined;
}

function escapePart(part: string): string {
  if (!SPECIAL.test(part)) return part;
  // A path has several: text for text is many times as fast as a pattern with a function.
  return part.replaceAll('%', '%25').replaceAll(':', '%3A').replaceAll('/', '%2F');
}

function refuseScope(value: unknown): never {
  const what =
    'a string, or a list of strings, none of them empty; leave it out where there is none';
  return refuse('IDEM_INVALID_OPTIONS', value, what, 'scope');
}
