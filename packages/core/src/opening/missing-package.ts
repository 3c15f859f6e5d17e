import { isError } from '../support/is-error.ts';

/** As Node.js codes them, for `import` and for `require`. */
const CODES: ReadonlySet<unknown> = new Set(['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND']);

/** Node.js and the bundlers name what they looked for in quotes; the resolver of Vite in its own way. */
const NAMED =
  /(?:Cannot find (?:package|module)|Failed to (?:load url|resolve import)) ['"]?([^'"\s]+)/;
const PACKAGE = /^(@[a-z0-9~-][\w.~-]*\/[a-z0-9~-][\w.~-]*|[a-z0-9~-][\w.~-]*)(?:\/|$)/i;

/**
 * The package whose import failed because it is not installed, looked for through the causes; or
 * undefined, when the error is another, or a file is missing in a package that is there.
 */
export function missingPackage(error: unknown): string | undefined {
  for (let cause = error, depth = 0; isError(cause) && depth < 8; depth++) {
    if ('code' in cause && CODES.has(cause.code)) return packageOf(cause.message);
    cause = cause.cause;
  }
  return undefined;
}

function packageOf(message: string): string | undefined {
  const specifier = NAMED.exec(message)?.[1];
  if (specifier === undefined || /^[a-z]:/i.test(specifier)) return undefined;
  return PACKAGE.exec(specifier)?.[1];
}
