import { hash } from 'node:crypto';

/** Characters that a part may have as it is: with a key of 255, in UTF-8 and escaped, they fit into a record's key. */
const LONGEST = 64;

/** Principals and routes for which the scope is kept ready: a path with an id in it is a new route each time. */
const MOST_SCOPES = 1_000;

/** Scopes of records, made once for each principal, method and route. */
export class Scopes {
  readonly #byPrincipal = new Map<
    string | undefined,
    Map<string, Map<string, readonly string[]>>
  >();
  #size = 0;

  /**
   * Whose record it is: the principal, the method and the route. What is long is hashed, and what is
   * shared by all is no principal's. Frozen, and the same one for the same three.
   *
   * @param principal undefined for all callers together
   */
  of(principal: string | undefined, method: string, route: string): readonly string[] {
    return (
      this.#byPrincipal.get(principal)?.get(method)?.get(route) ??
      this.#make(principal, method, route)
    );
  }

  #make(principal: string | undefined, method: string, route: string): readonly string[] {
    const whose = principal === undefined ? '*' : short(principal);
    const scope = Object.freeze(['http', whose, method, short(route)]);
    // What is long is rare, and would be kept.
    if ((principal?.length ?? 0) + route.length > 4 * LONGEST) return scope;
    if (this.#size >= MOST_SCOPES) {
      this.#byPrincipal.clear();
      this.#size = 0;
    }
    const byMethod = this.#byPrincipal.get(principal) ?? new Map();
    const byRoute = byMethod.get(method) ?? new Map();
    this.#byPrincipal.set(principal, byMethod.set(method, byRoute.set(route, scope)));
    this.#size += 1;
    return scope;
  }
}

/** A text as it is, or its SHA-256. The first character tells them apart, and both from the principal of all. */
function short(text: string): string {
  if (text.length <= LONGEST && PLAIN.test(text)) return `=${text}`;
  return `#${hash('sha256', text, 'base64url')}`;
}

const PLAIN = /^[ -~]*$/;
