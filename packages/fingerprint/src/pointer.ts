import { refuse } from '@idem/core/adapter';

/** The place of a field (RFC 6901): `/amount`, `/customer/email`; `~1` stands for `/`, `~0` for `~`. */
export type JsonPointer = `/${string}`;

const POINTER = /^(?:\/(?:[^~/]|~[01])*)+$/;

/**
 * The names that lead to a field. Refuses, with `IDEM_INVALID_OPTIONS`, what is no pointer.
 *
 * @param option how the message calls the list it stands in
 */
export function namesOf(pointer: unknown, option: string): readonly string[] {
  if (typeof pointer !== 'string' || !POINTER.test(pointer)) {
    const what = 'JSON Pointers (RFC 6901), such as "/amount" or "/customer/email"';
    return refuse('IDEM_INVALID_OPTIONS', pointer, what, `fields of \`${option}\``);
  }
  const names = pointer.slice(1).split('/');
  return names.map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
}
